import { Ec2Error } from '../query/ec2-error.ts';
import type { LaunchTemplateData } from './launch-template.ts';
import type { StoredLaunchTemplate } from './launch-templates.ts';

export type LaunchTemplateVersion = { readonly number: number; readonly data: LaunchTemplateData };

/** All versions, by ascending number. */
export function versionsOf(template: StoredLaunchTemplate): LaunchTemplateVersion[] {
  return template.versions.map((data, index) => ({ number: index + 1, data }));
}

/**
 * The version that `$Default`, `$Latest` or a number stands for.
 * @throws {Ec2Error} InvalidLaunchTemplateId.VersionNotFound, or InvalidParameterValue for any other text.
 */
export function versionOf(template: StoredLaunchTemplate, asked: string): LaunchTemplateVersion {
  const number = numberOf(template, asked);
  const data = template.versions[number - 1];
  if (data) return { number, data };
  const message = `Could not find the specified version ${asked} for the launch template with ID ${template.id}.`;
  throw new Ec2Error('InvalidLaunchTemplateId.VersionNotFound', message);
}

function numberOf({ versions, defaultVersion }: StoredLaunchTemplate, asked: string): number {
  if (asked === '$Default') return defaultVersion;
  if (asked === '$Latest') return versions.length;
  if (/^[1-9]\d{0,9}$/.test(asked)) return Number(asked);
  const allowed = `either '$Default', '$Latest', or a numeric version are allowed.`;
  throw new Ec2Error('InvalidParameterValue', `Invalid launch template version: ${allowed}`);
}
