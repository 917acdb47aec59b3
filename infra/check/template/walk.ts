import { type Intrinsic, intrinsicIn } from './intrinsic.ts';
import { isObject, type Json, type Template } from './template.ts';

export type Call = Intrinsic & { readonly at: string };

/** Every call of a function of CloudFormation in a value, the outer before the inner. */
export function* callsIn(value: Json, at: string): Generator<Call> {
  const intrinsic = intrinsicIn(value);
  if (intrinsic !== undefined) yield { ...intrinsic, at };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* callsIn(item, intrinsic === undefined ? `${at}[${index}]` : at);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value))
      yield* callsIn(item, intrinsic === undefined ? `${at}.${key}` : at);
  }
}

/** Every call in the template's resources, outputs and conditions. */
export function* callsOf(template: Template): Generator<Call> {
  for (const [id, { Properties, Metadata = null }] of Object.entries(template.Resources)) {
    yield* callsIn(Properties, `${id}.Properties`);
    yield* callsIn(Metadata, `${id}.Metadata`);
  }
  for (const [id, { Value, Export }] of Object.entries(template.Outputs)) {
    yield* callsIn(Value, `Outputs.${id}.Value`);
    if (Export !== undefined) yield* callsIn(Export.Name, `Outputs.${id}.Export`);
  }
  for (const [id, condition] of Object.entries(template.Conditions)) yield* callsIn(condition, `Conditions.${id}`);
}
