import { arnIn, type Request, request, type Surroundings } from './request.ts';

/** As lib/adapters/ec2/answered-instance.ts names them, and the name that consoles show. */
const TAG_KEYS = ['muster:registry', 'muster:workspace', 'muster:generation', 'Name'];

/** What an instance takes from its template; a snapshot and an image have no account in their ARNs. */
const FROM_TEMPLATE = [
  'capacity-reservation',
  'key-pair',
  'launch-template',
  'placement-group',
  'security-group',
  'volume',
];

export const instanceArn = ({ place }: Surroundings): string => arnIn(place, 'ec2', 'instance/i-0123456789abcdef0');

const templateArn = ({ place, parameter }: Surroundings): string =>
  arnIn(place, 'ec2', `launch-template/${parameter('LaunchTemplateId')}`);

/** The instance itself, with its tags. */
export function instanceRequest(around: Surroundings, changed: Request['context'] = {}): Request {
  return request('ec2:RunInstances', instanceArn(around), {
    'ec2:LaunchTemplate': templateArn(around),
    'ec2:IsLaunchTemplateResource': 'false',
    'aws:RequestTag/muster:registry': around.parameter('RegistryId'),
    'aws:TagKeys': TAG_KEYS,
    ...changed,
  });
}

/** What else one RunInstances is asked about: EC2 asks IAM once for every resource that it needs. */
export function partsRequests(around: Surroundings, isOfTemplate = 'true'): Request[] {
  const { place } = around;
  const template = { 'ec2:LaunchTemplate': templateArn(around) };
  const from = (arn: string) =>
    request('ec2:RunInstances', arn, { ...template, 'ec2:IsLaunchTemplateResource': isOfTemplate });
  const own = (arn: string) =>
    request('ec2:RunInstances', arn, { ...template, 'ec2:IsLaunchTemplateResource': 'false' });
  const unowned = (rest: string) => arnIn({ ...place, account: '' }, 'ec2', rest);
  return [
    ...['subnet/subnet-0123456789abcdef0', 'network-interface/eni-0123456789abcdef0'].map((rest) =>
      own(arnIn(place, 'ec2', rest)),
    ),
    ...['image/ami-0123456789abcdef0', 'snapshot/snap-0123456789abcdef0'].map((rest) => from(unowned(rest))),
    ...FROM_TEMPLATE.map((kind) =>
      from(kind === 'launch-template' ? templateArn(around) : arnIn(place, 'ec2', `${kind}/${kind}-example`)),
    ),
  ];
}

/** RunInstances with its tags, as launch-instance.ts sends it. */
export const launchRequests = (around: Surroundings): Request[] => [
  instanceRequest(around),
  ...partsRequests(around),
  request('ec2:CreateTags', instanceArn(around), {
    'ec2:CreateAction': 'RunInstances',
    'aws:RequestTag/muster:registry': around.parameter('RegistryId'),
    'aws:TagKeys': TAG_KEYS,
  }),
];
