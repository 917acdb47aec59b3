/**
 * Loaded into the host's process before the framework (`node --import`): mends what serverless-offline 14 does
 * otherwise than API Gateway and Lambda, where a setting cannot.
 */
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { asApiGatewaySends } from './api-gateway-event.ts';
import { inCheckout } from './serverless-process.ts';

// It does not await a function that it invokes asynchronously: when one throws, as ours must, the rejection would
// reach the framework as an uncaught exception and end the host with every function in it. On Lambda such an error is
// one failed invocation.
process.on('unhandledRejection', (reason) => {
  console.error('Asynchronous invocation failed:', reason);
});

// Its starter holds the other end of stdin, so the host goes when the starter has been killed without a word.
process.stdin.on('end', () => process.exit(1)).resume();

// Its events differ from API Gateway's, and it has no hook between making one and handing it over.
type TakesEvent = { setEvent(event: unknown): void };
const takesEvent = z.custom<TakesEvent>((value) => z.object({ setEvent: z.function() }).safeParse(value).success);
const lambdaFunction = z.object({ default: z.custom<{ prototype: unknown }>((value) => typeof value === 'function') });

const source = pathToFileURL(inCheckout('node_modules/serverless-offline/src/lambda/LambdaFunction.js'));
const prototype = takesEvent.parse(lambdaFunction.parse(await import(source.href)).default.prototype);
const { setEvent } = prototype;
prototype.setEvent = function (event) {
  setEvent.call(this, asApiGatewaySends(event));
};
