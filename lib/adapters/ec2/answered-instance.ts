import * as z from 'zod/mini';
import { instanceState } from '../../domain/verdict.ts';

/** The tags that every instance of ours has from its launch. */
export const TAGS = {
  registry: 'muster:registry',
  workspace: 'muster:workspace',
  generation: 'muster:generation',
} as const;

/** EC2 Auto Scaling puts it on the instances of a group, and replaces those that stop. */
const AUTO_SCALING_TAG = 'aws:autoscaling:groupName';

/** What is read of an instance wherever EC2 answers with one. */
export const answeredInstance = z.object({
  InstanceId: z.string().check(z.minLength(1)),
  State: z.object({ Name: instanceState }),
  StateReason: z.optional(z.object({ Code: z.optional(z.string()) })),
  Placement: z.optional(z.object({ AvailabilityZone: z.optional(z.string()) })),
  RootDeviceType: z.optional(z.string()),
  /** `spot` of a Spot Instance; absent of an On-Demand one. */
  InstanceLifecycle: z.optional(z.string()),
  LaunchTime: z.optional(z.date()),
  Tags: z.optional(z.array(z.object({ Key: z.optional(z.string()), Value: z.optional(z.string()) }))),
});

export type AnsweredInstance = z.infer<typeof answeredInstance>;

export function tagOf({ Tags = [] }: AnsweredInstance, key: string): string | null {
  return Tags.find(({ Key }) => Key === key)?.Value ?? null;
}

export function zoneOf({ Placement }: AnsweredInstance): string | null {
  return Placement?.AvailabilityZone ?? null;
}

export function isSpot({ InstanceLifecycle }: AnsweredInstance): boolean {
  return InstanceLifecycle === 'spot';
}

/**
 * Whether EC2 would stop it and start it again with its disk.
 * @param persistentSpot whether its Spot request, if it has one, is persistent, which no description of the instance says
 */
export function isStoppable(instance: AnsweredInstance, persistentSpot: boolean): boolean {
  if (instance.RootDeviceType === 'instance-store') return false;
  if (isSpot(instance) && !persistentSpot) return false;
  return tagOf(instance, AUTO_SCALING_TAG) === null;
}
