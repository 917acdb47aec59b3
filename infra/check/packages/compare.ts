import { createHash } from 'node:crypto';
import { type Finding, findingsOf } from '../finding.ts';

const found = findingsOf('package');

/** The folder of an upload is named by its time: the only part of a package that may differ between two. */
const UPLOAD_TIME = /\d{13}-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g;

/** Two packages of the same sources have the same files with the same content. */
export function differenceFindings(first: ReadonlyMap<string, Buffer>, second: ReadonlyMap<string, Buffer>): Finding[] {
  const names = [...new Set([...first.keys(), ...second.keys()])].sort();
  return names.flatMap((name) => {
    const [before, after] = [digestOf(name, first.get(name)), digestOf(name, second.get(name))];
    if (before === after) return [];
    return [found(name, `packaged twice, it is not the same: sha256 ${before}, then ${after}`)];
  });
}

function digestOf(name: string, content: Buffer | undefined): string {
  if (content === undefined) return '(no file)';
  const lasting = name.endsWith('.json') ? content.toString('utf8').replaceAll(UPLOAD_TIME, 'time') : content;
  return createHash('sha256').update(lasting).digest('hex').slice(0, 16);
}
