import { z } from 'zod';
import { accountId } from '../fleet/account.ts';
import type { LaunchTemplateData } from '../launch-templates/launch-template.ts';
import type { StoredLaunchTemplate } from '../launch-templates/launch-templates.ts';
import type { LaunchTemplateVersion } from '../launch-templates/versions.ts';
import { versionOf, versionsOf } from '../launch-templates/versions.ts';
import { list } from '../query/parameters.ts';
import type { XmlNode } from '../query/xml.ts';
import { items } from '../query/xml.ts';
import { defineAction } from './action.ts';
import { tagsXml } from './tags.ts';

const parameters = z.strictObject({
  LaunchTemplateId: z.string().optional(),
  LaunchTemplateName: z.string().optional(),
  LaunchTemplateVersion: list(z.string()).default([]),
});

/** Versions of one template, newest first, each once however often it is asked for; all of them when none is named. */
export const describeLaunchTemplateVersions = defineAction(parameters, (input, { launchTemplates }) => {
  const template = launchTemplates.require(input);
  const asked = new Set(input.LaunchTemplateVersion.map((version) => versionOf(template, version).number));
  const shown = versionsOf(template).filter(({ number }) => asked.size === 0 || asked.has(number));
  return { launchTemplateVersionSet: items(shown.toReversed().map((version) => versionXml(template, version))) };
});

function versionXml(template: StoredLaunchTemplate, { number, data }: LaunchTemplateVersion): XmlNode {
  return {
    launchTemplateId: template.id,
    launchTemplateName: template.name,
    versionNumber: number,
    createTime: template.createTime.toISOString(),
    createdBy: `arn:aws:iam::${accountId}:root`,
    defaultVersion: number === template.defaultVersion,
    launchTemplateData: dataXml(data),
  };
}

function dataXml({
  tags,
  subnetId,
  instanceMetadataTags,
  instanceMarketOptions,
  ...data
}: LaunchTemplateData): XmlNode {
  return {
    imageId: data.imageId,
    instanceType: data.instanceType,
    userData: data.userData,
    networkInterfaceSet: subnetId === undefined ? undefined : items([{ deviceIndex: 0, subnetId }]),
    tagSpecificationSet:
      tags === undefined ? undefined : items([{ resourceType: 'instance', tagSet: tagsXml(Object.entries(tags)) }]),
    metadataOptions: instanceMetadataTags === undefined ? undefined : { instanceMetadataTags },
    instanceMarketOptions,
  };
}
