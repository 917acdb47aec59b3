import { XMLBuilder } from 'fast-xml-parser';

export type XmlValue = string | number | boolean | undefined | XmlNode | readonly XmlNode[];
/** An element's children by name; undefined ones are left out. */
export type XmlNode = { readonly [name: string]: XmlValue };

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: true });
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** EC2's lists: every member is an `<item>`. */
export function items(nodes: readonly XmlNode[]): XmlNode {
  return { item: nodes };
}

/** The answer of an action that succeeded: `<RunInstancesResponse xmlns=…><requestId/>…`. */
export function successDocument(action: string, requestId: string, content: XmlNode): string {
  return declaration + builder.build({ [`${action}Response`]: { '@xmlns': namespace, requestId, ...content } });
}

/** EC2's error document; `RequestID` is written in capitals here alone. */
export function errorDocument(code: string, message: string, requestId: string): string {
  const errors = { Error: { Code: code, Message: message } };
  return declaration + builder.build({ Response: { Errors: errors, RequestID: requestId } });
}
