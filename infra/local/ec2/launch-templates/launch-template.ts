import { z } from 'zod';
import { rootDeviceTypes } from '../fleet/instance.ts';

const instanceMarketOptions = z.strictObject({
  marketType: z.literal('spot'),
  spotOptions: z
    .strictObject({
      /** one-time when absent */
      spotInstanceType: z.enum(['one-time', 'persistent']).optional(),
      instanceInterruptionBehavior: z.enum(['hibernate', 'stop', 'terminate']).optional(),
    })
    .optional(),
});

const launchTemplateData = z.strictObject({
  imageId: z.string().optional(),
  instanceType: z.string().optional(),
  /** of the only network interface, since a template on EC2 has no subnet of its own */
  subnetId: z.string().optional(),
  /** base64; RunInstances' own user data takes its place, nothing is merged */
  userData: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  instanceMetadataTags: z.enum(['enabled', 'disabled']).optional(),
  instanceMarketOptions: instanceMarketOptions.optional(),
  /** ebs when absent; on EC2 the image's, of which this server knows nothing */
  rootDeviceType: z.enum(rootDeviceTypes).optional(),
});

/** What one version says of its instances, as far as this server uses it; what RunInstances itself says goes before it. */
export type LaunchTemplateData = z.output<typeof launchTemplateData>;

const ofOneVersion = launchTemplateData.extend({ name: z.string().min(1) });
const ofVersions = z
  .strictObject({
    name: z.string().min(1),
    /** numbered from 1 */
    versions: z.array(launchTemplateData).min(1).readonly(),
    defaultVersion: z.int().positive().default(1),
  })
  .refine(({ versions, defaultVersion }) => defaultVersion <= versions.length, 'The default version does not exist');

/** A launch template with one version, 1, in flat form or with a list of them. */
export const launchTemplate = z.union([ofOneVersion, ofVersions]).transform((template) => {
  if ('versions' in template) return template;
  const { name, ...data } = template;
  return { name, versions: [data], defaultVersion: 1 };
});

/** A launch template as options and the control route take it. */
export type LaunchTemplate = Readonly<z.input<typeof launchTemplate>>;
