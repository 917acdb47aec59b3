/**
 * What the registry costs a month, from a fleet's size and pace and AWS's list prices (infra/cost/prices.ts).
 *
 *     npm run cost                                 100 to 100,000 workspaces
 *     npm run cost -- --workspaces 1000 --pace 30  one fleet, by service
 *     npm run cost -- --markdown                   the README's tables
 */
import { parseArgs } from 'node:util';
import { readDeployment } from './cost/deployment.ts';
import type { Fleet } from './cost/fleet.ts';
import { PRICES } from './cost/prices.ts';
import { readmeTables, SIZES, servicesTable, variantsTable } from './cost/tables.ts';

const HELP = `npm run cost -- [options]

  --workspaces N      one size of fleet instead of ${SIZES.join(', ')}
  --pace SECONDS      between beats, instead of the registry's base paces
  --external SHARE    of workspaces outside of EC2, 0 to 1 (default 0)
  --function-url      beats come through a Function URL
  --chatty            a log line, a metric and a trace for each beat
  --secret-reads SHARE  of Data API calls for which the Data API's own reading of its secret is billed, 0 to 1 (default 0)
  --prices            the prices, each with its source
  --markdown          the README's tables`;

/** @throws Error for an option that is none, or a number that is none */
export function fleetOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      workspaces: { type: 'string' },
      pace: { type: 'string' },
      external: { type: 'string', default: '0' },
      'function-url': { type: 'boolean', default: false },
      chatty: { type: 'boolean', default: false },
      'secret-reads': { type: 'string', default: '0' },
      prices: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const workspaces = values.workspaces === undefined ? undefined : within('workspaces', values.workspaces, 1, 1e7);
  const fleet: Fleet = {
    workspaces: workspaces ?? SIZES[0],
    externalShare: within('external', values.external, 0, 1),
    paceSeconds: values.pace === undefined ? undefined : within('pace', values.pace, 1, 3_600),
    functionUrl: values['function-url'],
    chatty: values.chatty,
    secretReads: within('secret-reads', values['secret-reads'], 0, 1),
  };
  return { fleet, sizes: workspaces === undefined ? SIZES : [workspaces], ...values };
}

function within(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new Error(`--${name} is to be a number from ${least} to ${most}`);
}

async function answer(args: readonly string[]): Promise<string> {
  const { fleet, sizes, help, prices, markdown } = fleetOf(args);
  if (help) return HELP;
  if (prices) {
    return Object.entries(PRICES)
      .map(([name, { steps, per, unit, source, seen }]) => {
        const each = steps.map(({ from, usd }) => `$${usd}${from === 0 ? '' : ` from ${from / 1e6} million on`}`);
        return `${name}: ${each.join(', ')} for ${per.toLocaleString('en-US')} ${unit} (${source}, ${seen ?? 'undated'})`;
      })
      .join('\n');
  }
  const deployment = await readDeployment();
  if (markdown) return readmeTables(fleet, deployment);
  return [
    'Dollars a month, us-east-1, list prices on demand, free tiers not counted.\n',
    variantsTable(fleet, sizes, deployment, 'text'),
    '',
    servicesTable(fleet, sizes, deployment, 'text'),
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  try {
    process.stdout.write(`${await answer(process.argv.slice(2))}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
