import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { createInquirer } from '../../lib/adapters/ec2/inquire-instances.ts';
import { ec2 } from '../support/ec2.ts';
import { LAUNCH_TEMPLATE_ID } from '../support/provided.ts';
import { newInstanceId } from '../support/registry.ts';

/** Asks 200 ids that EC2 does not know, and six that it names on two pages of five. */
const inquireInPages = async (secondPage: () => void) => {
  const launched = await ec2.send(
    new RunInstancesCommand({ MinCount: 6, MaxCount: 6, LaunchTemplate: { LaunchTemplateId: LAUNCH_TEMPLATE_ID } }),
  );
  const known = (launched.Instances ?? []).map(({ InstanceId = '' }) => InstanceId);
  const client = createEc2Client();
  client.middlewareStack.add(
    (next) => (args) => {
      Object.assign(args.input, { MaxResults: 5 });
      if ('NextToken' in args.input && args.input.NextToken) secondPage();
      return next(args);
    },
    { step: 'initialize' },
  );
  const unknown = Array.from({ length: 200 }, newInstanceId);
  const answers = await createInquirer(client).inquire([...unknown, '', ...known]);
  const kinds = (ids: readonly string[]) => [...new Set(ids.map((id) => answers.get(id)?.kind))];
  return { asked: answers.size, unknown: kinds(unknown), known: kinds(known) };
};

it('an inquiry reads every page of an answer, and asks for no empty id', async () => {
  expect(await inquireInPages(() => undefined)).toEqual({ asked: 206, unknown: ['not_named'], known: ['named'] });
});

it('a lost page makes unknown each id of its batch, and none of another (invariant 2)', async () => {
  const lost = () => {
    throw new Error('lost');
  };
  expect(await inquireInPages(lost)).toEqual({ asked: 206, unknown: ['not_named'], known: ['failed'] });
});
