import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { only, refusal, startTestEc2 } from './start.ts';

async function post(url: string, body: string) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await fetch(url, { method: 'POST', headers, body });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    xml: new XMLParser().parse(await answer.text()),
  };
}

describe('The EC2 Query protocol', () => {
  it('answers errors in EC2’s own form, with the request id', async () => {
    const { server } = await startTestEc2();
    const { status, type, xml } = await post(server.url, 'Action=DescribeInstances&InstanceId.1=x&Version=2016-11-15');
    expect({ status, type }).toEqual({ status: 400, type: 'text/xml;charset=UTF-8' });
    expect(xml.Response).toEqual({
      Errors: { Error: { Code: 'InvalidInstanceID.Malformed', Message: 'Invalid id: "x"' } },
      RequestID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('carries every character of a text, and leaves out what there is not', async () => {
    const { ec2, plant } = await startTestEc2();
    const Value = `<a href="/?a=1&amp;b">O'Neil & Söhne</a>`;
    await plant({ tags: { Name: Value } });
    const { Reservations, NextToken } = await ec2.send(new DescribeInstancesCommand({}));
    const { Tags, InstanceLifecycle, StateReason } = only(only(Reservations).Instances);
    expect(Tags).toEqual([{ Key: 'Name', Value }]);
    expect([NextToken, InstanceLifecycle, StateReason]).toEqual([undefined, undefined, undefined]);
    const malformed = ec2.send(new DescribeInstancesCommand({ InstanceIds: ['<&>'] }));
    await expect(malformed).rejects.toMatchObject(refusal('InvalidInstanceID.Malformed', /^Invalid id: "<&>"$/));
  });

  it.each([
    ['no action', 'Version=2016-11-15', 'MissingAction', 400],
    ['an unknown action', 'Action=DescribeUnicorns', 'InvalidAction', 400],
    ['an action named like what every object has', 'Action=constructor', 'InvalidAction', 400],
    ['a structure for an action', 'Action.1=DescribeInstances', 'InvalidAction', 400],
    [
      'a value that is also a structure',
      'Action=DescribeInstances&Filter=a&Filter.1.Name=b',
      'MalformedQueryString',
      400,
    ],
    [
      'a structure that is also a value',
      'Action=DescribeInstances&Filter.1.Name=b&Filter=a',
      'MalformedQueryString',
      400,
    ],
    ['an unknown parameter', 'Action=DescribeInstances&Colour=red', 'UnknownParameter', 400],
    [
      'an unknown parameter within one',
      'Action=DescribeInstances&Filter.1.Name=a&Filter.1.Value.1=b&Filter.1.X=c',
      'UnknownParameter',
      400,
    ],
    ['a missing parameter', 'Action=TerminateInstances', 'MissingParameter', 400],
    ['a list that is none', 'Action=TerminateInstances&InstanceId.x=i-1', 'InvalidParameterValue', 400],
    ['a structure for a value', 'Action=DescribeInstances&MaxResults.1=5', 'InvalidParameterValue', 400],
    ['a number that is none', 'Action=DescribeInstances&MaxResults=ten', 'InvalidParameterValue', 400],
    ['a prototype for a parameter', 'Action=DescribeInstances&__proto__.polluted=1', 'UnknownParameter', 400],
    ['a body above 1 MiB', `Action=DescribeInstances&x=${'y'.repeat(1_048_576)}`, 'RequestEntityTooLarge', 413],
    ['a body of 8 MiB', `Action=DescribeInstances&x=${'y'.repeat(8_388_608)}`, 'RequestEntityTooLarge', 413],
  ])('refuses %s', async (_what, body, code, status) => {
    const { server } = await startTestEc2();
    const answer = await post(server.url, body);
    expect(answer).toMatchObject({ status, xml: { Response: { Errors: { Error: { Code: code } } } } });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it.each([
    ['/', 'Action=RunInstances&ImageId=ami-0123456789abcdef0&MinCount=1&MaxCount=1'],
    ['/_control/instances', '{"state":"running"}'],
  ])('refuses a web page at %s', async (path, body) => {
    const { server, ec2 } = await startTestEc2();
    // A form of a page sends this without asking the server first.
    const headers = { origin: 'https://page.example', 'content-type': 'application/x-www-form-urlencoded' };
    expect(await fetch(server.url + path, { method: 'POST', headers, body })).toMatchObject({ status: 403 });
    expect((await ec2.send(new DescribeInstancesCommand({}))).Reservations).toEqual([]);
  });

  it('keeps the order of a list above nine members', async () => {
    const { server } = await startTestEc2();
    const ids = Array.from({ length: 12 }, (_, n) => `i-${String(n).padStart(17, '0')}`);
    const body = ids
      .map((id, n) => `&InstanceId.${n + 1}=${id}`)
      .toSorted()
      .join('');
    const { xml } = await post(server.url, `Action=DescribeInstances${body}`);
    expect(xml.Response.Errors.Error.Message).toBe(`The instance IDs '${ids.join(', ')}' do not exist`);
  });
});
