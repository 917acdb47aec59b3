import type { DeployedFunction } from '../world/deployed.ts';
import type { Place } from '../world/example.ts';

/** One question to IAM: may this be done with that, in this context? */
export type Request = {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | string[]>>;
};

/** What stands around a function in the example account; a parameter that was not given is an empty text. */
export type Surroundings = {
  readonly place: Place;
  readonly deployed: DeployedFunction;
  readonly parameter: (name: string) => string;
  /** The ARN of the queue for what fails; undefined where nothing waits for that. */
  readonly failureQueue: string | undefined;
  readonly isTraced: boolean;
};

export const request = (action: string, resource = '*', context: Request['context'] = {}): Request => ({
  action,
  resource,
  context,
});

/** The ARN of something in the example account and Region. */
export const arnIn = ({ partition, region, account }: Place, service: string, rest: string): string =>
  `arn:${partition}:${service}:${region}:${account}:${rest}`;

/** An object that a pattern of objects stands for. */
export const objectOf = (pattern: string): string => pattern.replace(/\*$/, 'example.tgz');
