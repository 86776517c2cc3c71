import { expect, it } from 'vitest';
import type { BackendView } from '@slipstream/contracts';
import { GatewayBackends } from './gateway-backends.js';
import { backendStatus } from './testing/backend-status.js';

const view = (more: Partial<BackendView> = {}): BackendView => ({
  ...backendStatus('http://pod:8080'),
  id: '0123456789abcdef',
  pool: 'web',
  ...more,
});

/** As the first of some processes tells it; `lists` has what each sees. */
const toldBy = (...lists: BackendView[][]) =>
  new GatewayBackends(
    { list: () => lists[0]! },
    { onGather: () => undefined, gather: async () => ({ answers: lists, size: lists.length, silent: 0 }) },
  ).list();

it("adds up what the processes have done, and tells the others' load apart", async () => {
  const [told] = await toldBy(
    [
      view({
        own: { requests: 2, sessions: 1 },
        other: { requests: 8, sessions: 4 },
        latencyMs: 5,
        answers: { '2xx': 10, '5xx': 1 },
        ejections: 1,
        retries: 2,
      }),
    ],
    [
      view({
        own: { requests: 3, sessions: 0 },
        latencyMs: 9,
        answers: { '2xx': 20, '5xx': 0 },
        ejections: 0,
        retries: 1,
      }),
    ],
  );
  expect(told).toMatchObject({
    own: { requests: 5, sessions: 1 },
    other: { requests: 5, sessions: 4 },
    latencyMs: 9,
    answers: { '2xx': 30, '5xx': 1 },
    ejections: 1,
    retries: 3,
  });
});

it("counts nobody less than nothing, when the others' loads are older than ours", async () => {
  const [told] = await toldBy(
    [view({ own: { requests: 1, sessions: 0 } })],
    [view({ own: { requests: 3, sessions: 2 } })],
  );
  expect(told).toMatchObject({ own: { requests: 4, sessions: 2 }, other: { requests: 0, sessions: 0 } });
});

it('thinks of a backend what the process does that thinks least of it', async () => {
  const [told] = await toldBy(
    [view()],
    [view({ state: 'ejected', reason: 'five errors in a row' })],
    [view({ state: 'recovering' })],
  );
  expect(told).toMatchObject({ state: 'ejected', reason: 'five errors in a row' });
});

it('believes a change at once, also where the others have not heard of it', async () => {
  const [told] = await toldBy([view()], [view({ state: 'draining', isDraining: true })]);
  expect(told).toMatchObject({ state: 'healthy', isDraining: false });
});

it('lists what this process has, pool by pool', async () => {
  const told = await toldBy(
    [view(), view({ pool: 'models' })],
    [view({ answers: { '2xx': 1, '5xx': 0 } }), view({ id: 'fedcba9876543210' })],
  );
  expect(told.map(({ pool, id, answers }) => [pool, id, answers['2xx']])).toEqual([
    ['web', '0123456789abcdef', 1],
    ['models', '0123456789abcdef', 0],
  ]);
});
