import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';

/** The specification of CloudFormation's resources that the package brings: nothing is asked of the network. */
export const loadSpec = loadAwsServiceSpec;

export type Spec = Awaited<ReturnType<typeof loadSpec>>;
export type Properties = NonNullable<ReturnType<typeof specOf>>['properties'];
export type PropertyType = Properties[string]['type'];

/** What the specification knows of a type of resource; undefined for one that there is none of. */
export function specOf(spec: Spec, type: string) {
  return spec.lookup('resource', 'cloudFormationType', 'equals', type)[0];
}
