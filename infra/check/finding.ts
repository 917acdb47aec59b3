/** What is wrong in one place. `kind` names the check, `at` the place in the words of whoever wrote it. */
export type Finding = { readonly kind: Kind; readonly at: string; readonly says: string };

export type Kind = 'template' | 'environment' | 'handler' | 'event' | 'right' | 'migration' | 'package' | 'safeguard';

/** Makes the findings of one kind. */
export const findingsOf =
  (kind: Kind) =>
  (at: string, says: string): Finding => ({ kind, at, says });

/** The finding as one line: `template: TokenSecret.Properties.Nmae: no such property of …`. */
export const lineOf = ({ kind, at, says }: Finding): string => `${kind}: ${at}: ${says}`;
