import { expect, it } from 'vitest';
import { ModelFailures } from './model-failures.js';

const URLS = ['http://a/v1', 'http://b/v1'];
const CHAT = { model: 'm', path: '/chat/completions' };

/** Faults on a clock of their own, and as many errors in a row of the first server. */
function after(errors: number) {
  const clock = { ms: 0 };
  const failures = new ModelFailures(() => clock.ms);
  for (let i = 0; i < errors; i++) failures.report(URLS[0]!, CHAT, true);
  return { clock, failures, avoided: (kind = CHAT) => failures.avoided(URLS, kind) };
}

it.each([
  [4, []],
  [5, [URLS[0]]],
  [6, [URLS[0]]],
])('after %i errors in a row, avoids %j', (errors, avoided) => {
  expect(after(errors).avoided()).toEqual(avoided);
});

it.each([
  [29_999, [URLS[0]]],
  [30_000, []],
])('%i ms later, avoids %j', (laterMs, avoided) => {
  const one = after(5);
  one.clock.ms = laterMs;
  expect(one.avoided()).toEqual(avoided);
});

it('avoids a server again after one more error, and not after a success', () => {
  const one = after(5);
  one.clock.ms = 30_000;
  one.failures.report(URLS[0]!, CHAT, true);
  expect(one.avoided()).toEqual([URLS[0]]);
  one.failures.report(URLS[0]!, CHAT, false);
  expect(one.avoided()).toEqual([]);
});

it('keeps models and paths apart, and their queries together', () => {
  const { avoided } = after(5);
  expect(avoided({ ...CHAT, model: 'other' })).toEqual([]);
  expect(avoided({ ...CHAT, path: '/embeddings' })).toEqual([]);
  expect(avoided({ ...CHAT, path: '/chat/completions?beta=true' })).toEqual([URLS[0]]);
});

it('is not filled by made-up paths', () => {
  const { failures, avoided } = after(5);
  for (let i = 0; i < 1000; i++) failures.report(URLS[0]!, { model: 'm', path: `/x${i}` }, true);
  expect(avoided()).toEqual([]);
});
