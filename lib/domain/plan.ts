import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { absent } from './absent.ts';
import { configSchema } from './declaration/config.ts';

/** One thing that a runtime is asked to do. `url` is where to fetch from; it is not part of a plan's identity. */
export const planAction = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('install'),
    name: z.string(),
    version: z.string(),
    url: z.string(),
    sha256: z.string(),
    /** Both are missing where there is no configuration. */
    config: z.optional(configSchema),
    config_digest: z.optional(z.string()),
  }),
  z.object({ action: z.literal('remove'), name: z.string() }),
]);

export type PlanAction = z.infer<typeof planAction>;

/** A declared plugin as its row has it. */
export const wantedPlugin = z.object({
  name: z.string(),
  version: z.string(),
  source: z.string(),
  sha256: z.string(),
  config: z.optional(configSchema),
  /** Missing where there is no configuration. */
  config_digest: absent(z.string()),
  /** Above 0: something changed under the same version, which a report of versions alone cannot show. */
  revision: z.int(),
});

export type WantedPlugin = z.infer<typeof wantedPlugin>;

/** What this generation and boot reported of a plugin. */
export const reportedPlugin = z.object({
  name: z.string(),
  version: z.nullable(z.string()),
  sha256: absent(z.string()),
  config_digest: absent(z.string()),
});

export type ReportedPlugin = z.infer<typeof reportedPlugin>;

export type Plan = {
  /** Of its actions without their links, so that a renewed link is not a new plan. */
  readonly planId: string;
  /** Sorted by name; empty: nothing is left to do. */
  readonly actions: readonly PlanAction[];
  /** Whether any of the actions, once it is done, shows in what the runtime reports. */
  readonly confirmable: boolean;
};

type Step = { readonly action: PlanAction; readonly confirmable: boolean };

/** What has to be done for what is installed to become what is declared. */
export function planOf(declared: readonly WantedPlugin[], installed: readonly ReportedPlugin[]): Plan {
  const reported = new Map(installed.map((plugin) => [plugin.name, plugin]));
  const wanted = new Set(declared.map(({ name }) => name));
  const installs = declared.flatMap((plugin) => installOf(plugin, reported.get(plugin.name)));
  const removals = installed
    .filter(({ name, version }) => version !== null && !wanted.has(name))
    .map(({ name }): Step => ({ action: { action: 'remove', name }, confirmable: true }));
  const steps = [...installs, ...removals];
  const actions = steps.map(({ action }) => action).sort(byName);
  return { planId: planId(actions), actions, confirmable: steps.some(({ confirmable }) => confirmable) };
}

function installOf(plugin: WantedPlugin, reported: ReportedPlugin | undefined): Step[] {
  const { name, version, source, sha256, config, config_digest, revision } = plugin;
  const byVersion = reported?.version === version;
  const exact = reported?.sha256 !== undefined;
  const inPlace = byVersion && (exact ? isExactly(plugin, reported) : revision === 0);
  if (inPlace) return [];
  const configured = config_digest === undefined ? {} : { config, config_digest };
  return [
    {
      action: { action: 'install', name, version, url: source, sha256, ...configured },
      confirmable: exact || !byVersion,
    },
  ];
}

const isExactly = (wanted: WantedPlugin, reported: ReportedPlugin): boolean =>
  reported.sha256 === wanted.sha256 && reported.config_digest === wanted.config_digest;

const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  one.name < other.name ? -1 : 1;

function planId(actions: readonly PlanAction[]): string {
  const identity = actions.map((action) =>
    action.action === 'install'
      ? ['install', action.name, action.version, action.sha256, action.config_digest ?? null]
      : ['remove', action.name],
  );
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}

/** Where an artefact can be fetched from for a while. */
export type ArtefactLinks = {
  /**
   * @param source as it is declared: `https://…` stays what it is, `s3://bucket/key` becomes a link signed for 15 minutes
   * @throws when there are no credentials to sign with
   */
  linkTo(source: string): Promise<string>;
};
