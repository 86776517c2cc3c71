import { expect, it } from 'vitest';
import { soon } from './soon.js';

it('goes on at once with what is here, and later with what is not', async () => {
  expect(soon(1, (n) => n + 1)).toBe(2);
  expect(await soon(Promise.resolve(1), (n) => n + 1)).toBe(2);
});
