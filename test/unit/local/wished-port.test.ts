import { expect, it } from 'vitest';
import { wishedPort } from '../../../infra/local/wished-port.ts';

it.each([
  [undefined, 3000],
  ['', 3000],
  ['0', 0],
  ['8080', 8080],
])('PORT=%s wishes for port %i', (text, port) => {
  expect(wishedPort(text)).toBe(port);
});

it.each(['http', '-1', '65536', '30 00', '1e3'])('PORT=%s is refused', (text) => {
  expect(() => wishedPort(text)).toThrow(`PORT is not a port: ${text}`);
});
