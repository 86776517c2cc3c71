import { describe, expect, it } from 'vitest';
import type { IndexTrial, QueryAdvice, QueryPlan } from '@slipstream/contracts';
import { reportOf } from '@slipstream/mongo';
import { queried } from '@slipstream/mongo/testing';
import { IndexTrials } from './index-trials.js';

const DAY_MS = 86_400_000;
const INDEX = { owner: 1, at: -1 };
const CREATE: QueryAdvice = {
  kind: 'create_index',
  collection: 'notes',
  index: INDEX,
  queries: [],
  savesMs: 9,
  reason: '',
};
const HIDE: QueryAdvice = { kind: 'hide_index', collection: 'notes', name: 'owner_1', index: { owner: 1 }, reason: '' };
const named = { collection: 'notes', name: 'owner_1', confirm: true } as const;

const planWith = (docsExamined: number): QueryPlan => ({
  explainedAt: new Date(0).toISOString(),
  docsExamined,
  keysExamined: 0,
  returned: 1,
  examinedPerReturned: docsExamined,
  isSortedInMemory: false,
  stages: [],
  findings: [],
});

/** Reports of a process that counted notes once. */
function reported() {
  const { queries, optimizer } = queried([{ collection: 'notes', durationMs: 5 }]);
  return [reportOf(queries, optimizer)];
}

/** @param examined documents that the one shape examines, at each explain in turn; the last one again and again */
function trialsWith({ examined, refuses }: { examined: (number | Error)[]; refuses?: boolean }) {
  const changes: string[] = [];
  const stored = new Map<string, IndexTrial>();
  const change = async (text: string): Promise<void> => {
    if (refuses) throw new Error('not authorized');
    changes.push(text);
  };
  let nowMs = 0;
  const sut = new IndexTrials({
    queries: {
      gather: async () => reported(),
      explain: async () => {
        const next = examined.length > 1 ? examined.shift()! : examined[0]!;
        if (next instanceof Error) throw next;
        return planWith(next);
      },
      advice: async () => ({ items: [CREATE, HIDE] }),
    },
    changes: {
      build: async () => change('build').then(() => 'owner_1_at_-1'),
      drop: (_, name) => change(`drop ${name}`),
      setHidden: (_, name, hidden) => change(`${hidden ? 'hide' : 'show'} ${name}`),
    },
    trials: {
      list: async () => [...stored.values()],
      find: async (collection, name) => stored.get(`${collection}.${name}`),
      save: async (trial) => void stored.set(`${trial.collection}.${trial.name}`, trial),
    },
    logger: { info: () => undefined, warn: () => undefined },
    nowMs: () => nowMs,
  });
  return { sut, changes, stored, pass: (ms: number) => void (nowMs += ms) };
}

describe('an advised index that an operator builds', () => {
  it.each([
    ['is kept if a shape does at most half the work', [1000, 10], 'kept', ['build']],
    ['is dropped if no shape does', [1000, 900], 'dropped', ['build', 'drop owner_1_at_-1']],
    ['is dropped if a shape does more', [100, 200], 'dropped', ['build', 'drop owner_1_at_-1']],
    ['is dropped if nothing can be measured', [new Error('refused')], 'dropped', ['build', 'drop owner_1_at_-1']],
  ] as const)('%s', async (_, examined, state, expected) => {
    const { sut, changes } = trialsWith({ examined: [...examined] });
    expect(await sut.create({ collection: 'notes', index: INDEX, confirm: true })).toMatchObject({ state: 'running' });
    await sut.settled();
    expect(await sut.list()).toMatchObject([{ name: 'owner_1_at_-1', state }]);
    expect(changes).toEqual(expected);
  });

  it('stays unbuilt if the server refuses', async () => {
    const { sut } = trialsWith({ examined: [10], refuses: true });
    await sut.create({ collection: 'notes', index: INDEX, confirm: true });
    await sut.settled();
    expect(await sut.list()).toMatchObject([{ state: 'refused', reason: 'not authorized' }]);
  });

  it('must be one of the current advice', async () => {
    const { sut, changes } = trialsWith({ examined: [10] });
    const other = sut.create({ collection: 'notes', index: { at: -1, owner: 1 }, confirm: true });
    await expect(other).rejects.toMatchObject({ code: 'index_not_advised' });
    await expect(sut.hide({ ...named, name: 'at_1' })).rejects.toMatchObject({ code: 'index_not_advised' });
    expect(changes).toEqual([]);
  });
});

describe('a trial whose gateway ended', () => {
  const running: IndexTrial = {
    collection: 'notes',
    name: 'owner_1',
    index: { owner: 1 },
    state: 'running',
    reason: '',
    shapes: [],
    changedAt: new Date(0).toISOString(),
  };

  it('ends after three minutes, and its index is visible again', async () => {
    const { sut, changes, pass, stored } = trialsWith({ examined: [10] });
    stored.set('notes.owner_1', running);
    pass(180_000);
    await sut.endAbandoned();
    expect(changes).toEqual([]);
    pass(1);
    await sut.endAbandoned();
    expect(changes).toEqual(['show owner_1']);
    expect(await sut.list()).toMatchObject([
      { state: 'refused', reason: expect.stringContaining('gateway ended') as string },
    ]);
  });

  it('is no trial that has ended', async () => {
    const { sut, changes, pass, stored } = trialsWith({ examined: [10] });
    stored.set('notes.owner_1', { ...running, state: 'hidden' });
    pass(DAY_MS);
    await sut.endAbandoned();
    expect(changes).toEqual([]);
  });
});

describe('a superfluous index', () => {
  it('is hidden, watched for a day, and then dropped', async () => {
    const { sut, changes, pass } = trialsWith({ examined: [10, 10] });
    await expect(sut.drop(named)).rejects.toMatchObject({ code: 'index_trial_not_found' });
    await sut.hide(named);
    await sut.settled();
    expect(await sut.list()).toMatchObject([{ state: 'hidden' }]);
    pass(DAY_MS - 1);
    await expect(sut.drop(named)).rejects.toMatchObject({ code: 'index_watched', retryAfterSeconds: 1 });
    pass(1);
    expect(await sut.drop(named)).toMatchObject({ state: 'removed' });
    expect(changes).toEqual(['hide owner_1', 'drop owner_1']);
  });

  it.each([
    ['at once', [10, 500]],
    ['after a day', [10, 10, 500]],
  ])('is restored if a shape does more work without it: %s', async (_, examined) => {
    const { sut, changes, pass } = trialsWith({ examined });
    await sut.hide(named);
    await sut.settled();
    pass(DAY_MS);
    await sut.drop(named).catch(() => undefined); // it may be restored already
    expect(await sut.list()).toMatchObject([{ state: 'restored' }]);
    expect(changes).toEqual(['hide owner_1', 'show owner_1']);
  });

  it('is shown again when an operator says so', async () => {
    const { sut, changes } = trialsWith({ examined: [10] });
    await sut.hide(named);
    await sut.settled();
    expect(await sut.restore(named)).toMatchObject({ state: 'restored' });
    expect(changes).toEqual(['hide owner_1', 'show owner_1']);
  });
});
