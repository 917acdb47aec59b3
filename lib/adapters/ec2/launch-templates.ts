import { gunzipSync } from 'node:zlib';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import type { LaunchSpec, LaunchTemplates } from '../../domain/launch.ts';
import { LaunchRefused, LaunchUnknown } from '../../domain/launch.ts';
import { isGzip, isMime } from '../../domain/user-data.ts';
import { isThrottle, kindOf, nameOf, refusalIn } from './refusal.ts';

/**
 * Milliseconds for one look at EC2 before a launch, repetitions included: what an HTTP function can spare. EC2 may take
 * 8 s, which whoever has the time should give it.
 */
export const LOOK_MS = 3_000;

/** What a document may unpack to: far more than fits into user data, far less than a function's memory. */
const UNPACKED_BYTES = 1_048_576;

const DEFAULT_VERSION = '$Default';

/** What of one version of a launch template matters here beside RunInstances, which reads the rest itself. */
export type TemplateVersion = {
  readonly number: string;
  readonly userData: Buffer | null;
  /** Whether its Spot Instances outlive a stop. */
  readonly persistentSpot: boolean;
};

const answeredVersion = z.pipe(
  z.object({
    VersionNumber: z.int().check(z.positive()),
    LaunchTemplateData: z.object({
      UserData: z.optional(z.string()),
      InstanceMarketOptions: z.optional(
        z.object({ SpotOptions: z.optional(z.object({ SpotInstanceType: z.optional(z.string()) })) }),
      ),
    }),
  }),
  z.transform(
    ({ VersionNumber, LaunchTemplateData: { UserData = '', InstanceMarketOptions } }): TemplateVersion => ({
      number: String(VersionNumber),
      userData: UserData === '' ? null : unpacked(Buffer.from(UserData, 'base64')),
      persistentSpot: InstanceMarketOptions?.SpotOptions?.SpotInstanceType === 'persistent',
    }),
  ),
);

/**
 * Reads the version of a launch template that a spec names, else its default.
 * @throws LaunchRefused when EC2 says why not, LaunchUnknown when it does not, or is asked too often
 */
export type TemplateReader = (spec: LaunchSpec) => Promise<TemplateVersion>;

/** A numbered version never changes, so it is read once in the life of a function. */
export function createTemplateReader(client: EC2Client, lookMs = LOOK_MS): TemplateReader {
  const known = new Map<string, TemplateVersion>();
  return async ({ launch_template_id: id, launch_template_version: asked = DEFAULT_VERSION }) => {
    const remembered = known.get(`${id} ${asked}`);
    if (remembered !== undefined) return remembered;
    const version = await readVersion(client, id, asked, lookMs);
    known.set(`${id} ${version.number}`, version);
    return version;
  };
}

/** Freezes a launch template's version. A version that the spec names already has to exist. */
export function createLaunchTemplates(client: EC2Client, read = createTemplateReader(client)): LaunchTemplates {
  return {
    async freeze(spec) {
      const { number } = await read(spec);
      return { ...spec, launch_template_version: number };
    },
  };
}

async function readVersion(client: EC2Client, id: string, asked: string, lookMs: number): Promise<TemplateVersion> {
  try {
    const { LaunchTemplateVersions: versions } = await client.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [asked] }),
      { abortSignal: AbortSignal.timeout(lookMs) },
    );
    return answeredVersion.parse(versions?.[0]);
  } catch (error) {
    const code = refusalIn(error);
    throw code === undefined || isThrottle(code)
      ? new LaunchUnknown(`its template could not be read: ${nameOf(error)}`, { cause: error })
      : new LaunchRefused(kindOf(code), code, { cause: error });
  }
}

/** cloud-init looks for MIME in a whole document that it unpacks, and for none in a part: so MIME is unpacked here. */
function unpacked(userData: Buffer): Buffer {
  if (!isGzip(userData)) return userData;
  try {
    const inner = gunzipSync(userData, { maxOutputLength: UNPACKED_BYTES });
    return isMime(inner) ? inner : userData;
  } catch {
    return userData;
  }
}
