import { DescribeInstancesCommand, type EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { clientFor, describeIds, eventually, idsOf, refusal, seeded, startTestEc2 } from './start.ts';

const image = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 };
const launch = (ec2: EC2Client, ClientToken = 't') => ec2.send(new RunInstancesCommand({ ...image, ClientToken }));
const launchFault = (fault: object) => ({ errors: [{ action: 'RunInstances', ...fault }] });

describe('A fault after the action', () => {
  it('loses the answer of what was done, so that the same token finds it', async () => {
    const { ec2, control } = await startTestEc2();
    await control('POST', 'faults', launchFault({ code: 'InternalError', when: 'after', times: 1 }));
    await expect(launch(ec2)).rejects.toMatchObject(refusal('InternalError', undefined, 500));
    const ids = await describeIds(ec2, {});
    expect(ids).toHaveLength(1);
    expect(idsOf((await launch(ec2)).Instances)).toEqual(ids);
  });

  it('is repeated by the SDK, which is given the one instance of its token', async () => {
    const { server, control, ec2 } = await startTestEc2();
    const patient = clientFor(server.url, 3);
    await control('POST', 'faults', launchFault({ code: 'Unavailable', when: 'after', times: 1 }));
    expect(idsOf((await launch(patient)).Instances)).toEqual(await describeIds(ec2, {}));
    expect((await control('GET', 'calls')).body).toMatchObject({ RunInstances: 2 });
    patient.destroy();
  });

  it('also loses the answer that the action was refused', async () => {
    const { ec2, control } = await startTestEc2();
    await control('POST', 'faults', { errors: [{ code: 'Unavailable', when: 'after' }] });
    const unknown = new DescribeInstancesCommand({ InstanceIds: ['i-0fedcba9876543210'] });
    await expect(ec2.send(unknown)).rejects.toMatchObject(refusal('Unavailable', undefined, 503));
  });

  it('acts at once and refuses later with a latency of its own, while other calls wait for nothing', async () => {
    const { ec2, control } = await startTestEc2();
    await control('POST', 'faults', launchFault({ code: 'X', when: 'after', latencyMs: 1_000 }));
    const before = performance.now();
    const refused = expect(launch(ec2)).rejects.toMatchObject(refusal('X'));
    await eventually(async () => expect(await describeIds(ec2, {})).toHaveLength(1));
    expect(performance.now() - before).toBeLessThan(900);
    await refused;
    expect(performance.now() - before).toBeGreaterThan(995);
  });
});

describe('A fault that hangs', () => {
  it.each([
    ['after', 1],
    ['before', 0],
    [undefined, 0],
  ])('%s the action leaves the caller without an answer and %i instances', async (when, launched) => {
    const { ec2, control } = await startTestEc2();
    await control('POST', 'faults', launchFault({ hang: true, when, times: 1 }));
    const abortSignal = AbortSignal.timeout(150);
    const unanswered = ec2.send(new RunInstancesCommand({ ...image, ClientToken: 't' }), { abortSignal });
    await expect(unanswered).rejects.toMatchObject({ name: 'AbortError' });
    expect(await describeIds(ec2, {})).toHaveLength(launched);
    await expect(launch(ec2)).resolves.toBeDefined();
    expect(await describeIds(ec2, {})).toHaveLength(1);
  });

  it('does not hold up the end of the server', async () => {
    const { server, ec2, control } = await startTestEc2();
    await control('POST', 'faults', { errors: [{ hang: true }] });
    const unanswered = expect(launch(ec2)).rejects.toThrow();
    await eventually(async () => expect((await control('GET', 'calls')).body).toEqual({ RunInstances: 1 }));
    await server.stop();
    await unanswered;
  });
});

describe('A fault with a share', () => {
  /** Which of so many calls are refused. */
  async function drawn(faults: object, calls = 60) {
    const { ec2, control } = await seeded({});
    await control('POST', 'faults', faults);
    const refused: boolean[] = [];
    for (let call = 0; call < calls; call++) {
      refused.push(
        await describeIds(ec2, {}).then(
          () => false,
          () => true,
        ),
      );
    }
    return refused;
  }
  const half = { code: 'X', share: 0.5 };

  it('takes about that part of the calls, the same ones with the same seed and others with another', async () => {
    const first = await drawn({ seed: 7, errors: [half] });
    expect(first.filter(Boolean).length).toBeGreaterThan(15);
    expect(first.filter(Boolean).length).toBeLessThan(45);
    expect(await drawn({ seed: 7, errors: [half] })).toEqual(first);
    expect(await drawn({ seed: 8, errors: [half] })).not.toEqual(first);
    expect(await drawn({ errors: [half] })).toEqual(await drawn({ seed: 0, errors: [half] }));
  });

  it('takes none of them at 0 and all at 1', async () => {
    expect(await drawn({ errors: [{ code: 'X', share: 0 }] }, 10)).not.toContain(true);
    expect(await drawn({ errors: [{ code: 'X', share: 1 }] }, 10)).not.toContain(false);
  });

  it('takes the same calls of its action whatever other calls come between', async () => {
    const alone = await drawn({ errors: [{ ...half, action: 'DescribeInstances' }] }, 20);
    const { ec2, control } = await startTestEc2();
    await control('POST', 'faults', { errors: [{ ...half, action: 'DescribeInstances' }] });
    for (const refused of alone) {
      await launch(ec2);
      const asked = describeIds(ec2, {});
      if (refused) await expect(asked).rejects.toThrow();
      else await expect(asked).resolves.toBeDefined();
    }
  });

  it('uses up its times only by the calls that it takes', async () => {
    const refused = await drawn({ errors: [{ ...half, times: 5 }] });
    expect(refused.filter(Boolean)).toHaveLength(5);
    expect(refused.slice(0, 5)).toContain(false);
  });

  it('leaves a call that it does not take to the next fault', async () => {
    const errors = [half, { code: 'Y' }];
    expect(await drawn({ errors }, 20)).not.toContain(false);
  });
});

it.each([
  { code: 'X', when: 'later' },
  { code: 'X', share: 1.1 },
  { code: 'X', latencyMs: -1 },
  { code: 'X', hang: true },
  { hang: false },
])('A fault is refused as %j', async (fault) => {
  const { control } = await startTestEc2();
  expect(await control('POST', 'faults', { errors: [fault] })).toMatchObject({ status: 400 });
  expect((await control('GET', 'faults')).body).toEqual({});
});
