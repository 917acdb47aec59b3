import * as z from 'zod/mini';
import type { Json } from './config.ts';

/** What an additive change can be: it is applied without force. `config_changed`: also that a list was appended to. */
export const ADDITIVE_KINDS = ['plugin_added', 'version_raised', 'config_added', 'config_changed'] as const;

/**
 * What a destructive change can be: it needs force. `config_type_changed`: also of an element of a list.
 * `unclassified_change`: no rule names it, as none does where a list became another in any way but by an append.
 */
const DESTRUCTIVE_KINDS = [
  'plugin_removed',
  'version_lowered',
  'version_broken',
  'source_changed',
  'sha256_changed',
  'config_removed',
  'config_type_changed',
  'config_value_changed',
  'unclassified_change',
] as const;

const json: z.ZodMiniType<Json> = z.json();

/** One difference between two declarations. `from` is missing where something is new, `to` where it goes. */
const changeOf = <Kind extends string>(kinds: readonly Kind[]) =>
  z.object({
    kind: z.enum(kinds),
    /** null: of the declaration itself. */
    plugin: z.nullable(z.string()),
    /** Keys from the plugin's declaration down to what differs; empty: the whole of it. */
    path: z.array(z.string()),
    from: z.optional(json),
    to: z.optional(json),
  });

/** Each list is sorted by plugin, then path. `already_present` names the plugins that are equal. */
export const declarationDiff = z.object({
  additive: z.array(changeOf(ADDITIVE_KINDS)),
  destructive: z.array(changeOf(DESTRUCTIVE_KINDS)),
  already_present: z.array(z.string()),
});

export type DeclarationDiff = z.infer<typeof declarationDiff>;
export type AdditiveChange = DeclarationDiff['additive'][number];
export type DestructiveChange = DeclarationDiff['destructive'][number];
export type Change = AdditiveChange | DestructiveChange;
export type ChangeKind = Change['kind'];

/** Whether a change needs no force. */
export function isAdditive(change: Change): change is AdditiveChange {
  return ADDITIVE_KINDS.some((kind) => kind === change.kind);
}

/** Whether the two declarations are the same: there is nothing to write. */
export function isUnchanged(diff: DeclarationDiff): boolean {
  return diff.additive.length === 0 && diff.destructive.length === 0;
}

/** Whether the whole of it needs force. */
export function isDestructive(diff: DeclarationDiff): boolean {
  return diff.destructive.length > 0;
}
