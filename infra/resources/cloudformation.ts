/** What may stand in a template, intrinsic functions included. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

export const ref = (logicalId: string) => ({ Ref: logicalId });
export const getAtt = (logicalId: string, attribute: string) => ({ 'Fn::GetAtt': [logicalId, attribute] });
/** Names in the text like AWS::Region stand in `${…}`. */
export const sub = (text: string) => ({ 'Fn::Sub': text });
export const when = (condition: string, then: Value, otherwise: Value) => ({ 'Fn::If': [condition, then, otherwise] });
export const NO_VALUE = ref('AWS::NoValue');

/** The ARN of something in this account and Region. */
export const arnHere = (service: string, resource: string) =>
  sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`);

/** A list of its own items and those of a parameter's list, which may be empty. */
export function withListed(condition: string, items: readonly Value[], listParameter: string): Value {
  const joined = { 'Fn::Join': [',', [...items, { 'Fn::Join': [',', ref(listParameter)] }]] };
  return when(condition, { 'Fn::Split': [',', joined] }, items);
}
