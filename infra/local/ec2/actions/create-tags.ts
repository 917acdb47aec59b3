import { z } from 'zod';
import { Ec2Error } from '../query/ec2-error.ts';
import { list } from '../query/parameters.ts';
import { defineAction } from './action.ts';
import { mergeTags, tagList } from './tags.ts';

const parameters = z.strictObject({ ResourceId: list(z.string()), Tag: tagList });

/** Adds or overwrites tags of instances; all of them or, when one id or tag is bad, none. */
export const createTags = defineAction(parameters, (input, { sight }) => {
  const foreign = input.ResourceId.find((id) => !id.startsWith('i-'));
  if (foreign !== undefined) throw new Ec2Error('InvalidID', `The ID '${foreign}' is not valid`);
  const instances = sight.require(input.ResourceId);
  const merged = instances.map((instance) => mergeTags(instance.tags, input.Tag, instance.launch.tagsInMetadata));
  for (const [index, instance] of instances.entries()) {
    for (const [key, value] of merged[index] ?? []) instance.tags.set(key, value);
  }
  return { return: true };
});
