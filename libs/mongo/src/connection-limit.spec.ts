import { expect, it } from 'vitest';
import { connectionLimitIn } from './connection-limit.js';

it.each([
  [undefined, undefined],
  [{}, undefined],
  [{ connections: { current: 4, available: 51_196 } }, 51_200],
  [{ connections: { current: 1, available: 1 } }, undefined],
  [{ connections: { current: 74, available: 0, totalCreated: 74 } }, undefined],
])('the limit in %j is %s', (status, limit) => {
  expect(connectionLimitIn(status)).toBe(limit);
});
