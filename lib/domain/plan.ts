import { createHash } from 'node:crypto';
import * as z from 'zod';
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
    config: configSchema.optional(),
    config_digest: z.string().optional(),
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
  config: configSchema.optional(),
  /** Missing where there is no configuration. */
  config_digest: absent(z.string()),
  /** Above 0: something changed under the same version, which a report of versions alone cannot show. */
  revision: z.int(),
});

export type WantedPlugin = z.infer<typeof wantedPlugin>;

/** What this generation and boot reported of a plugin. */
export const reportedPlugin = z.object({
  name: z.string(),
  version: z.string().nullable(),
  sha256: absent(z.string()),
  config_digest: absent(z.string()),
  failed: z.boolean(),
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

/**
 * The largest plan, in bytes of JSON: an answer of the Data API carries 64 KiB a row. What does not fit comes with the
 * plan after it.
 */
const MAX_PLAN_BYTES = 48 * 1024;

type Step = { readonly action: PlanAction; readonly failed: boolean; readonly confirmable: boolean };

/** What has to be done for what is installed to become what is declared. */
export function planOf(declared: readonly WantedPlugin[], installed: readonly ReportedPlugin[]): Plan {
  const reported = new Map(installed.map((plugin) => [plugin.name, plugin]));
  const wanted = new Set(declared.map(({ name }) => name));
  const installs = declared.flatMap((plugin) => installOf(plugin, reported.get(plugin.name)));
  const removals = installed
    .filter(({ name, version }) => version !== null && !wanted.has(name))
    .map(({ name, failed }): Step => ({ action: { action: 'remove', name }, failed, confirmable: true }));
  const steps = fitting([...installs, ...removals]);
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
      failed: reported?.failed ?? false,
      confirmable: exact || !byVersion,
    },
  ];
}

const isExactly = (wanted: WantedPlugin, reported: ReportedPlugin): boolean =>
  reported.sha256 === wanted.sha256 && reported.config_digest === wanted.config_digest;

/** As many as a plan may carry. What has not failed goes first, so that what keeps failing holds up nothing else. */
function fitting(steps: readonly Step[]): Step[] {
  const inOrder = [...steps].sort(
    (one, other) => Number(one.failed) - Number(other.failed) || byName(one.action, other.action),
  );
  const taken: Step[] = [];
  let bytes = 0;
  for (const step of inOrder) {
    bytes += Buffer.byteLength(JSON.stringify(step.action)) + 1;
    if (taken.length > 0 && bytes > MAX_PLAN_BYTES) break;
    taken.push(step);
  }
  return taken;
}

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
