import { z } from 'zod';
import { ignored, integer, list } from '../query/parameters.ts';
import { tagList } from './tags.ts';

const marketOptions = z.strictObject({
  MarketType: z.enum(['spot', 'capacity-block']).optional(),
  SpotOptions: z
    .strictObject({
      SpotInstanceType: z.enum(['one-time', 'persistent']).default('one-time'),
      InstanceInterruptionBehavior: z.enum(['hibernate', 'stop', 'terminate']).optional(),
      MaxPrice: ignored.optional(),
      BlockDurationMinutes: ignored.optional(),
      ValidUntil: ignored.optional(),
    })
    .optional(),
});

/** What this server takes and does nothing with. */
const unused = {
  BlockDeviceMapping: ignored,
  CapacityReservationSpecification: ignored,
  CpuOptions: ignored,
  CreditSpecification: ignored,
  DisableApiStop: ignored,
  DisableApiTermination: ignored,
  EbsOptimized: ignored,
  EnclaveOptions: ignored,
  HibernationOptions: ignored,
  IamInstanceProfile: ignored,
  InstanceInitiatedShutdownBehavior: ignored,
  KeyName: ignored,
  MaintenanceOptions: ignored,
  Monitoring: ignored,
  PrivateDnsNameOptions: ignored,
  SecurityGroup: ignored,
  SecurityGroupId: ignored,
};

/** The parameters of RunInstances; those of its rarer features that are not listed are refused as UnknownParameter. */
export const runInstancesParameters = z.strictObject({
  ...z.object(unused).partial().shape,
  MinCount: integer,
  MaxCount: integer,
  ClientToken: z.string().max(64).optional(),
  ImageId: z.string().optional(),
  InstanceType: z.string().optional(),
  SubnetId: z.string().optional(),
  NetworkInterface: list(z.looseObject({ SubnetId: z.string().optional() })).default([]),
  Placement: z.looseObject({ AvailabilityZone: z.string().optional() }).default({}),
  LaunchTemplate: z
    .strictObject({
      LaunchTemplateId: z.string().optional(),
      LaunchTemplateName: z.string().optional(),
      Version: z.string().default('$Default'),
    })
    .optional(),
  UserData: z.string().optional(),
  InstanceMarketOptions: marketOptions.optional(),
  MetadataOptions: z.looseObject({ InstanceMetadataTags: z.enum(['enabled', 'disabled']).optional() }).default({}),
  TagSpecification: list(z.strictObject({ ResourceType: z.string(), Tag: tagList.default([]) })).default([]),
});

export type RunInstancesParameters = z.output<typeof runInstancesParameters>;
