import { EC2ServiceException } from '@aws-sdk/client-ec2';
import type { LaunchRefusal } from '../../domain/launch.ts';

/** EC2 answers 500 for these, and has started nothing. */
const LACK_OF_CAPACITY = /^Insufficient\w*Capacity(OnHost)?$/;

/**
 * What each refusal of a launch is; the first that fits counts. What passes by itself or belongs to the account comes
 * before the families of codes that are wrong in the template.
 * Source: the EC2 API's table of error codes.
 */
const REFUSALS: readonly (readonly [LaunchRefusal, RegExp])[] = [
  ['capacity', LACK_OF_CAPACITY],
  ['capacity', /^(InsufficientFreeAddressesInSubnet|SpotMaxPriceTooLow|ReservationCapacityExceeded)$/],
  ['capacity', /^(IncompatibleHostRequirements|UnavailableHostRequirements)$/],
  ['throttled', /^(RequestLimitExceeded|BandwidthLimitExceeded|TooManyRequestsException|SlowDown)$/],
  ['throttled', /^(EC2Throttled|Throttl|RequestThrottled|PriorRequestNotComplete)/],
  ['permission', /^(UnauthorizedOperation|OperationNotPermitted|AuthFailure(\.\w+)?|AccessDenied(Exception)?)$/],
  ['permission', /^(OptInRequired|PendingVerification|Blocked|CustomerKeyHasBeenRevoked)$/],
  ['permission', /^(MissingAuthenticationToken|InvalidClientTokenId|UnrecognizedClientException|ExpiredToken)/],
  ['permission', /^(IncompleteSignature|SignatureDoesNotMatch|RequestExpired|InvalidSecurity\.RequestHasExpired)$/],
  ['template', /^(Tag|Attachment|PrivateIpAddress|SecurityGroupsPer\w+)LimitExceeded$/],
  ['quota', /^\w+(Limit|Count)Exceeded(Exception)?$/],
  ['quota', /^VolumeIOPSLimit$/],
  ['subnet', /^(InvalidSubnet|InvalidVpcID)/],
  ['subnet', /^(DefaultVpcDoesNotExist|VPCIdNotSpecified|VPCResourceNotSpecified)$/],
  ['template', /^(Invalid|Unsupported|Missing(Parameter|Input)|Unknown(Parameter|VolumeType)|ValidationError)/],
  ['template', /^(BootForVolumeTypeUnsupported|EncryptedVolumesNotSupported|VolumeTypeNotAvailableInZone)$/],
  ['template', /^(InstanceCreditSpecification\.NotSupported|NetworkInterfaceNotFoundException)$/],
  ['template', /^(Resource\.Already|ZonesMismatched)/],
];

export function kindOf(awsCode: string): LaunchRefusal {
  return REFUSALS.find(([, codes]) => codes.test(awsCode))?.[0] ?? 'other';
}

/**
 * EC2's code, where its last answer was that it does not do what it was asked; undefined for anything else (a fault of
 * EC2, no answer), after which it may have done it all the same.
 */
export function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof EC2ServiceException)) return undefined;
  const refused =
    (error.$response?.statusCode ?? 500) < 500 || LACK_OF_CAPACITY.test(error.name) || isThrottle(error.name);
  return refused ? error.name : undefined;
}

/**
 * The same for a call that acts, of all its tries: a refusal of a repeated one says nothing of the try before it, save
 * for a lack of capacity, since a client token that EC2 has served is answered with its instance.
 * Source: the EC2 API's chapter on idempotency.
 */
export function definiteRefusalIn(error: unknown): string | undefined {
  const code = refusalIn(error);
  return code !== undefined && wasRepeated(error) && !LACK_OF_CAPACITY.test(code) ? undefined : code;
}

export function isThrottle(awsCode: string): boolean {
  return kindOf(awsCode) === 'throttled';
}

/** What stands for an error that tells nothing but its name: messages may hold account ids and addresses. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

function wasRepeated(error: unknown): boolean {
  return error instanceof EC2ServiceException && (error.$metadata.attempts ?? 1) > 1;
}
