import { expect, it } from 'vitest';
import { createTail } from '../../../infra/agent/plugins/tail.ts';

it('keeps the last bytes of many pieces, and of a piece that is larger than them', () => {
  const tail = createTail(5);
  expect(tail.text()).toBe('');
  for (const piece of ['a', 'bc', 'def']) tail.add(Buffer.from(piece));
  expect(tail.text()).toBe('bcdef');
  tail.add(Buffer.from('x'.repeat(100_000)));
  tail.add(Buffer.from('y'));
  expect(tail.text()).toBe('xxxxy');
});
