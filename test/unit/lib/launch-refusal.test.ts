import { describe, expect, it } from 'vitest';
import { kindOf } from '../../../lib/adapters/ec2/refusal.ts';
import type { LaunchRefusal } from '../../../lib/domain/launch.ts';

/** Codes of the EC2 API's table of error codes that RunInstances can answer. */
const codes = {
  capacity: [
    'InsufficientInstanceCapacity',
    'InsufficientCapacity',
    'InsufficientHostCapacity',
    'InsufficientCapacityOnHost',
    'InsufficientReservedInstanceCapacity',
    'InsufficientFreeAddressesInSubnet',
    'ReservationCapacityExceeded',
    'SpotMaxPriceTooLow',
    'UnavailableHostRequirements',
  ],
  throttled: ['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'EC2ThrottledException', 'SlowDown'],
  quota: [
    'InstanceLimitExceeded',
    'VcpuLimitExceeded',
    'MaxSpotInstanceCountExceeded',
    'ResourceCountExceeded',
    'ResourceLimitExceeded',
    'VolumeLimitExceeded',
    'MaxIOPSLimitExceeded',
    'NetworkInterfaceLimitExceeded',
    'VolumeIOPSLimit',
  ],
  permission: [
    'UnauthorizedOperation',
    'AuthFailure',
    'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
    'OptInRequired',
    'PendingVerification',
    'Blocked',
    'InvalidClientTokenId',
    'MissingAuthenticationToken',
    'RequestExpired',
    'SignatureDoesNotMatch',
    'OperationNotPermitted',
    'CustomerKeyHasBeenRevoked',
  ],
  template: [
    'InvalidLaunchTemplateId.NotFound',
    'InvalidLaunchTemplateId.VersionNotFound',
    'InvalidLaunchTemplateName.NotFoundException',
    'InvalidAMIID.NotFound',
    'InvalidAMIID.Unavailable',
    'InvalidParameterValue',
    'InvalidParameterCombination',
    'InvalidBlockDeviceMapping',
    'InvalidGroup.NotFound',
    'InvalidKeyPair.NotFound',
    'InvalidNetworkInterface.InUse',
    'InvalidUserData.Malformed',
    'MissingParameter',
    'UnknownVolumeType',
    'Unsupported',
    'UnsupportedOperation',
    'TagLimitExceeded',
    'SecurityGroupsPerInstanceLimitExceeded',
    'VolumeTypeNotAvailableInZone',
  ],
  subnet: ['InvalidSubnet', 'InvalidSubnetID.NotFound', 'InvalidSubnetID.Malformed', 'VPCIdNotSpecified'],
  other: ['UnknownError', 'SomethingNew', 'IncorrectState', 'RequestLimitExceededToday', ''],
} as const satisfies Record<LaunchRefusal, readonly string[]>;

describe('a refusal of EC2', () => {
  const cases = Object.entries(codes).flatMap(([kind, of]) => of.map((code) => [code, kind] as const));

  it.each(cases)('%s is %s', (code, kind) => {
    expect(kindOf(code)).toBe(kind);
  });
});
