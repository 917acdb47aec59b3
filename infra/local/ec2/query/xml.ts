export type XmlValue = string | number | boolean | undefined | XmlNode | readonly XmlNode[];
/** An element's children by name; undefined ones are left out. */
export type XmlNode = { readonly [name: string]: XmlValue };

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** EC2's lists: every member is an `<item>`. */
export function items(nodes: readonly XmlNode[]): XmlNode {
  return { item: nodes };
}

/** The answer of an action that succeeded: `<RunInstancesResponse xmlns=…><requestId/>…`. */
export function successDocument(action: string, requestId: string, content: XmlNode): string {
  const name = `${action}Response`;
  return `${declaration}<${name} xmlns="${namespace}">${children({ requestId, ...content })}</${name}>`;
}

/** EC2's error document; `RequestID` is written in capitals here alone. */
export function errorDocument(code: string, message: string, requestId: string): string {
  const errors = { Error: { Code: code, Message: message } };
  return declaration + element('Response', { Errors: errors, RequestID: requestId });
}

// XMLBuilder of fast-xml-parser takes 40 ms for a page of 1,000 instances, of whose features EC2's XML has none.
function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (isList(value)) return value.map((member) => element(name, member)).join('');
  const content = typeof value === 'object' ? children(value) : escaped(String(value));
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

function children(node: XmlNode): string {
  let content = '';
  for (const name in node) content += element(name, node[name]);
  return content;
}

function isList(value: XmlValue): value is readonly XmlNode[] {
  return Array.isArray(value);
}

function escaped(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => references[character] ?? character) : text;
}
