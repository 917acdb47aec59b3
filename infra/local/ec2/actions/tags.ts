import { z } from 'zod';
import { Ec2Error } from '../query/ec2-error.ts';
import { list } from '../query/parameters.ts';
import type { XmlNode } from '../query/xml.ts';
import { items } from '../query/xml.ts';

/** `Tag.N.Key`, `Tag.N.Value`; a value that was not sent is the empty string. */
export const tagList = list(z.strictObject({ Key: z.string(), Value: z.string().default('') }));

const maxTags = 50;

/**
 * `inMetadata`: the instance shows its tags in its metadata, where a key is a part of a path.
 *
 * Checks tags that a caller sets, together with those that are there, against EC2's restrictions
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions) and returns all of them.
 * @throws {Ec2Error} InvalidParameterValue or TagLimitExceeded.
 */
export function mergeTags(
  existing: ReadonlyMap<string, string>,
  added: readonly { Key: string; Value: string }[],
  inMetadata: boolean,
): Map<string, string> {
  const keys = new Set<string>();
  for (const { Key, Value } of added) {
    if (Key.toLowerCase().startsWith('aws:'))
      throw invalid(`Tag keys starting with 'aws:' are reserved for internal use`);
    if (Key === '' || Key.length > 128)
      throw invalid(`Tag key exceeds the maximum length of 128 characters or is empty`);
    if (Value.length > 256) throw invalid(`Tag value exceeds the maximum length of 256 characters`);
    if (inMetadata && !/^[0-9a-zA-Z\-_+=,.@:]{1,255}$/.test(Key)) {
      throw invalid(`'${Key}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255})`);
    }
    if (keys.has(Key)) throw invalid(`Duplicate tag key '${Key}' specified.`);
    keys.add(Key);
  }
  const merged = new Map([...existing, ...added.map(({ Key, Value }): [string, string] => [Key, Value])]);
  if (merged.size > maxTags) {
    throw new Ec2Error('TagLimitExceeded', `The maximum number of Tags for a resource has been reached.`);
  }
  return merged;
}

export function tagsXml(tags: Iterable<readonly [string, string]>): XmlNode {
  return items([...tags].map(([key, value]) => ({ key, value })));
}

function invalid(message: string): Ec2Error {
  return new Ec2Error('InvalidParameterValue', message);
}
