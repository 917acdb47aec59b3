/** A launch template of one-time Spot instances, which cannot be stopped: a pause ends them. */
export const SPOT_TEMPLATE_ID = 'lt-00000000000000002';

/** Makes the local EC2 server know it. */
export async function addSpotTemplate(ec2: string): Promise<void> {
  const template = {
    name: 'storm-spot',
    imageId: 'ami-00000000000000001',
    instanceType: 't4g.nano',
    instanceMarketOptions: { marketType: 'spot', spotOptions: { spotInstanceType: 'one-time' } },
  };
  const url = `${ec2}/_control/launch-templates/${SPOT_TEMPLATE_ID}`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(template) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}
