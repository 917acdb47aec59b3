import * as z from 'zod';
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
  InstanceId: z.string().min(1),
  State: z.object({ Name: instanceState }),
  StateReason: z.object({ Code: z.string().optional() }).optional(),
  Placement: z.object({ AvailabilityZone: z.string().optional() }).optional(),
  RootDeviceType: z.string().optional(),
  /** `spot` of a Spot Instance; absent of an On-Demand one. */
  InstanceLifecycle: z.string().optional(),
  LaunchTime: z.date().optional(),
  Tags: z.array(z.object({ Key: z.string().optional(), Value: z.string().optional() })).optional(),
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
