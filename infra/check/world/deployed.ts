import { basename } from 'node:path';
import * as z from 'zod';
import { attributeIn, intrinsicIn } from '../template/intrinsic.ts';
import { type Json, resourcesOf, type Template } from '../template/template.ts';
import type { Resolve } from './resolve.ts';

const properties = z.object({
  FunctionName: z.string(),
  Handler: z.string(),
  Code: z.object({ S3Key: z.string() }),
  Timeout: z.coerce.number().default(3),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).default({ Variables: {} }),
});

/** A function of the template, with what its properties come to in the example account. */
export type DeployedFunction = {
  /** The logical id: `HintLambdaFunction`. */
  readonly id: string;
  /** The folder under functions/ that its handler is in. */
  readonly name: string;
  readonly functionName: string;
  readonly handler: string;
  /** The name of its zip, without the ending. */
  readonly zip: string;
  /** Seconds. */
  readonly timeout: number;
  readonly environment: Readonly<Record<string, string>>;
  /** The logical id of its role; undefined where it is no role of this template. */
  readonly role: string | undefined;
  readonly given: Readonly<Record<string, Json>>;
};

export function deployedFunctions(template: Template, resolve: Resolve): DeployedFunction[] {
  return resourcesOf(template, 'AWS::Lambda::Function').map(([id, { Properties }]) => {
    const { FunctionName, Handler, Code, Timeout, Environment } = properties.parse(resolve(Properties));
    const { name, argument = '' } = intrinsicIn(Properties['Role']) ?? {};
    const role = name === 'Fn::GetAtt' ? attributeIn(argument)?.id : undefined;
    return {
      id,
      name: /^functions\/([^/]+)\/index\.handler$/.exec(Handler)?.[1] ?? Handler,
      functionName: FunctionName,
      handler: Handler,
      zip: basename(Code.S3Key, '.zip'),
      timeout: Timeout,
      environment: Environment.Variables,
      role: role !== undefined && role in template.Resources ? role : undefined,
      given: Properties,
    };
  });
}
