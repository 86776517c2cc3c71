import { describe, expect, it } from 'vitest';
import { NotFoundError, type QueryHint, type QueryPlan } from '@slipstream/contracts';
import { reportOf, type CollectionIndex } from '@slipstream/mongo';
import { queried } from '@slipstream/mongo/testing';
import { QueryHints } from './query-hints.js';

const CHECK_MS = 600_000;
const { queries, optimizer } = queried([{ collection: 'notes', durationMs: 5 }]);
const query = queries.statistics()[0]!.shape.id;
const request = { query, confirm: true } as const;

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

const index = (name: string, more: Partial<CollectionIndex> = {}): CollectionIndex => ({
  collection: 'notes',
  name,
  key: { [name]: 1 },
  isHidden: false,
  ...more,
});

/** @param examined documents by index; `planner`: without a hint */
function hintsWith(examined: Record<string, number | undefined>, indexes: CollectionIndex[]) {
  const stored = new Map<string, QueryHint>();
  const used: string[][] = [];
  let nowMs = 0;
  const sut = new QueryHints({
    queries: {
      gather: async () => [reportOf(queries, optimizer)],
      explain: async (id, hint = 'planner') => {
        if (examined[hint] === undefined) throw new NotFoundError('query', id);
        return planWith(examined[hint]);
      },
      indexes: async () => indexes,
      useHints: (hints) => void used.push(hints.map((each) => each.index)),
    },
    hints: { list: async () => [...stored.values()], save: async (hint) => void stored.set(hint.query, hint) },
    logger: { info: () => undefined },
    nowMs: () => nowMs,
  });
  return { sut, used, pass: (ms: number) => void (nowMs += ms) };
}

describe('a hint', () => {
  it('is the index with which the query does the least work, if that is at most half', async () => {
    const { sut, used } = hintsWith({ planner: 1000, a_1: 600, b_1: 20 }, [index('a_1'), index('b_1')]);
    expect(await sut.create(request)).toMatchObject({
      state: 'active',
      index: 'b_1',
      without: { docsExamined: 1000 },
      with: { docsExamined: 20 },
    });
    expect(used).toEqual([['b_1']]);
    expect(await sut.list()).toHaveLength(1);
  });

  it.each([
    ['the query still does more than half the work', { planner: 1000, a_1: 501 }, [index('a_1')]],
    ['no index can be used', { planner: 1000 }, [index('a_1')]],
    ['no index can be used', { planner: 1000, a_1: 1 }, [index('a_1', { isHidden: true })]],
    ['no index can be used', { planner: 1000, a_1: 1 }, [index('a_1', { isIncomplete: true, purpose: 'unique' })]],
    ['no index can be used', { planner: 1000, a_1: 1 }, [index('a_1', { purpose: 'special' })]],
  ])('is refused if %s', async (reason, examined, indexes) => {
    const { sut, used } = hintsWith(examined, indexes);
    expect(await sut.create(request)).toMatchObject({ state: 'refused', reason });
    expect(used).toEqual([[]]);
  });

  it('needs a query that a process can explain', async () => {
    const { sut, used } = hintsWith({}, [index('a_1')]);
    await expect(sut.create(request)).rejects.toMatchObject({ code: 'query_not_found' });
    await expect(sut.create({ ...request, query: 'other' })).rejects.toMatchObject({ code: 'query_not_found' });
    await expect(sut.remove(query)).rejects.toMatchObject({ code: 'query_hint_not_found' });
    expect(used).toEqual([]);
  });

  it.each([
    ['stays while it helps', 20, 1000, 'active'],
    ['is removed if the planner chooses as well', 20, 20, 'removed'],
    ['is removed if it became worse', 5000, 1000, 'removed'],
  ])('%s: it is measured again after ten minutes', async (_, hinted, planned, state) => {
    const examined = { planner: 1000, a_1: 20 };
    const { sut, used, pass } = hintsWith(examined, [index('a_1')]);
    await sut.create(request);
    Object.assign(examined, { planner: planned, a_1: hinted });
    pass(CHECK_MS - 1);
    await sut.look();
    expect(used.at(-1)).toEqual(['a_1']);
    pass(1);
    await sut.look();
    expect(await sut.list()).toMatchObject([{ state, with: { docsExamined: hinted } }]);
    expect(used.at(-1)).toEqual(state === 'active' ? ['a_1'] : []);
  });

  it('stays unchanged while no process can explain the query', async () => {
    const examined: Record<string, number | undefined> = { planner: 1000, a_1: 20 };
    const { sut, pass } = hintsWith(examined, [index('a_1')]);
    await sut.create(request);
    examined.planner = undefined;
    pass(CHECK_MS);
    await sut.look();
    expect(await sut.list()).toMatchObject([{ state: 'active', checkedAt: new Date(0).toISOString() }]);
  });

  it.each([
    ['dropped', (indexes: CollectionIndex[]) => void indexes.pop()],
    ['hidden', (indexes: CollectionIndex[]) => void (indexes[0]!.isHidden = true)],
  ])('is removed at once when its index is %s', async (_, change) => {
    const indexes = [index('a_1')];
    const { sut, used } = hintsWith({ planner: 1000, a_1: 20 }, indexes);
    await sut.create(request);
    change(indexes);
    await sut.indexesChanged();
    expect(await sut.list()).toMatchObject([{ state: 'removed', reason: 'its index was dropped or hidden' }]);
    expect(used.at(-1)).toEqual([]);
  });

  it('is removed by an operator', async () => {
    const { sut, used } = hintsWith({ planner: 1000, a_1: 20 }, [index('a_1')]);
    await sut.create(request);
    expect(await sut.remove(query)).toMatchObject({ state: 'removed' });
    expect(used.at(-1)).toEqual([]);
  });
});
