import { mongo } from 'mongoose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DurationSketch } from './duration-sketch.js';
import { QueryMonitor } from './query-monitor.js';
import { queryShape } from './query-shape.js';

const { ObjectId } = mongo;
const logger = { info: vi.fn(), warn: vi.fn() };
beforeEach(() => logger.warn.mockClear());

function monitored(options: { maxShapes?: number } = {}) {
  const sut = new QueryMonitor({ logger, ...options });
  const run = (command: Record<string, unknown>, durationMs: number, reply: Record<string, unknown> | undefined) => {
    const running = sut.started(Object.keys(command)[0]!, command);
    if (running) sut.ended(running, durationMs, reply ? { reply } : { error: new Error('no answer') });
  };
  return { sut, run };
}

describe('QueryMonitor', () => {
  it('adds up the queries of one shape, whatever their values', () => {
    const { sut, run } = monitored();
    run({ find: 'chats', filter: { userId: 'a' } }, 4, { cursor: { firstBatch: [{}, {}] } });
    run({ find: 'chats', filter: { userId: 'b' } }, 6, { cursor: { firstBatch: [{}] } });
    run({ find: 'chats', filter: { userId: 'c' } }, 2, undefined);
    run({ find: 'chats', filter: { title: 'c' } }, 1, { cursor: { firstBatch: [] } });
    const [most, least] = sut.statistics();
    expect(most).toMatchObject({ documents: 3, errors: 1, slow: 0, durations: { count: 3, totalMs: 12, maxMs: 6 } });
    expect(most?.shape).toMatchObject({ operation: 'find', collection: 'chats', text: '{"filter":{"userId":"?"}}' });
    expect(least?.durations.count).toBe(1);
    expect(sut.find(most!.shape.id)).toBe(most);
  });

  it('logs a slow query by its shape, without a value', () => {
    const { run } = monitored();
    run({ find: 'chats', filter: { userId: 'secret' } }, 99, { cursor: { firstBatch: [] } });
    expect(logger.warn).not.toHaveBeenCalled();
    run({ find: 'chats', filter: { userId: 'secret' } }, 100, { cursor: { firstBatch: [] } });
    expect(logger.warn).toHaveBeenCalledOnce();
    expect(logger.warn.mock.calls[0]?.[0]).toMatchObject({ collection: 'chats', durationMs: 100 });
    expect(JSON.stringify(logger.warn.mock.calls)).not.toContain('secret');
  });

  it('keeps the shapes used most recently', () => {
    const { sut, run } = monitored({ maxShapes: 3 });
    for (const field of ['a', 'b', 'c', 'a', 'd']) run({ find: 'chats', filter: { [field]: 1 } }, 1, {});
    expect(
      sut
        .statistics()
        .map(({ shape }) => shape.text)
        .toSorted(),
    ).toEqual(['a', 'c', 'd'].map((field) => `{"filter":{"${field}":"?"}}`));
    expect(sut.evicted).toBe(1);
  });

  it.each([
    ['a first batch of the default size', {}, 101, {}, 1],
    ['a batch of the size that was asked for', { batchSize: 5 }, 5, {}, 1],
    ['a batch that may have been ended by its bytes', {}, 3, { text: 'x'.repeat(400_000) }, 1],
    ['a cursor that waits for new documents', { tailable: true }, 0, {}, 1],
    ['a short batch, behind which there is no cursor', {}, 100, {}, 0],
    ['a batch shorter than was asked for', { batchSize: 5 }, 4, {}, 0],
    ['one batch by request', { singleBatch: true, batchSize: 1 }, 1, {}, 0],
  ])('reads the cursor of %s, unless there can be none', (_, options, length, document, later) => {
    const { sut, run } = monitored();
    const firstBatch = Array.from({ length }, () => document);
    run({ find: 'chats', filter: {}, ...options }, 3, { cursor: { id: mongo.Long.fromNumber(77), firstBatch } });
    run({ getMore: mongo.Long.fromNumber(77), collection: 'chats' }, 2, { cursor: { id: 0, nextBatch: [{}] } });
    expect(sut.statistics()[0]!.durations.count).toBe(1 + later);
  });

  it('counts later batches of a cursor to its query, and the bytes of all', () => {
    const { sut, run } = monitored();
    const more = { getMore: mongo.Long.fromNumber(77), collection: 'chats' };
    run({ find: 'chats', filter: {}, batchSize: 1 }, 3, {
      cursor: { id: mongo.Long.fromNumber(77), firstBatch: [{ a: 1 }] },
    });
    run(more, 2, { cursor: { id: mongo.Long.ZERO, nextBatch: [{ a: 2 }, { a: 3 }] } });
    run({ ...more, getMore: mongo.Long.fromNumber(78) }, 2, { cursor: { id: 0, nextBatch: [{}] } });
    const [find, ...others] = sut.statistics();
    expect(others).toEqual([]);
    expect(find).toMatchObject({ documents: 3, durations: { count: 2, totalMs: 5 } });
    expect(find!.bytes).toBeGreaterThan(2 * 12);
  });

  it('keeps the read of a query for explain: the first, then the latest slow one', () => {
    const { sut, run } = monitored();
    for (const [userId, ms] of [
      ['a', 1],
      ['b', 100],
      ['c', 1],
    ] as const)
      run({ update: 'chats', updates: [{ q: { userId }, u: { $set: { title: 'x' } } }], lsid: {} }, ms, { n: 1 });
    expect(sut.statistics()[0]?.sample).toEqual({ find: 'chats', filter: { userId: 'b' }, limit: 1 });
    run({ insert: 'users', documents: [{ name: 'x' }] }, 100, { n: 1 });
    run({ find: 'large', filter: { a: { $in: Array.from({ length: 5000 }, (_, n) => n) } } }, 100, { n: 1 });
    run({ aggregate: 'jobs', pipeline: [{ $match: {} }, { $out: 'copy' }] }, 100, { n: 1 });
    run({ aggregate: 'jobs', pipeline: [{ $indexStats: {} }] }, 100, { n: 1 });
    expect(sut.statistics().filter(({ sample }) => sample)).toHaveLength(1);
  });

  it('gives a hint to the reads of a shape, until it fails', () => {
    const { sut } = monitored();
    const find = { find: 'chats', filter: { userId: 'a' } };
    const hintOf = (command: Record<string, unknown>) => sut.hintOf(sut.started(Object.keys(command)[0]!, command)!);
    const running = sut.started('find', find)!;
    expect(sut.hintOf(running)).toBeUndefined();
    const { id } = running.statistics.shape;
    const { id: ofUpdate } = sut.started('update', { update: 'chats', updates: [{ q: { a: 1 } }] })!.statistics.shape;
    const ofLater = sut.started('count', { count: 'chats', query: { b: 1 } })!.statistics.shape.id;
    const hints = new Map([id, ofUpdate, ofLater].map((each) => [each, 'userId_1']));
    const later = new QueryMonitor({ logger });
    for (const each of [sut, later]) each.useHints(hints);
    expect([hintOf(find), hintOf({ ...find, filter: { title: 1 } })]).toEqual(['userId_1', undefined]);
    expect([hintOf({ ...find, hint: 'own_1' }), hintOf({ update: 'chats', updates: [{ q: { a: 1 } }] })]).toEqual([
      undefined,
      undefined,
    ]);
    expect(later.hintOf(later.started('count', { count: 'chats', query: { b: 2 } })!)).toBe('userId_1');
    sut.hintFailed(running, new Error('no such index'));
    expect(hintOf(find)).toBeUndefined();
    expect(JSON.stringify(logger.warn.mock.calls)).toContain('userId_1');
    sut.useHints(new Map());
    expect(hintOf({ count: 'chats', query: { b: 1 } })).toBeUndefined();
  });

  it('ignores commands that are not about documents', () => {
    const { sut, run } = monitored();
    run({ ping: 1 }, 500, {});
    run({ find: 5, filter: {} }, 500, {});
    run({ aggregate: 1, pipeline: [] }, 500, {});
    expect(sut.statistics()).toEqual([]);
  });
});

describe('queryShape', () => {
  const text = (command: Record<string, unknown>) => queryShape(Object.keys(command)[0]!, command)?.text;

  it.each([
    [{ find: 'c', filter: { a: 1, b: { $gt: 5, $lt: 9 } } }, '{"filter":{"a":"?","b":{"$gt":"?","$lt":"?"}}}'],
    [{ find: 'c', filter: { a: { $in: [1, 2, 3] } } }, '{"filter":{"a":{"$in":["?"]}}}'],
    [
      { find: 'c', filter: { a: new ObjectId(), b: new Date(), c: /x/, d: null } },
      '{"filter":{"a":"?","b":"?","c":"?","d":"?"}}',
    ],
    [{ find: 'c', filter: { $or: [{ a: 1 }, { a: 2 }, { b: 3 }] } }, '{"filter":{"$or":[{"a":"?"},{"b":"?"}]}}'],
    [
      { find: 'c', filter: {}, sort: { a: -1 }, projection: { b: 1 }, limit: 5 },
      '{"filter":{},"sort":{"a":-1},"fields":["b"],"limit":"?"}',
    ],
    [
      {
        aggregate: 'c',
        pipeline: [{ $match: { a: 1 } }, { $group: { _id: '$secret', n: { $sum: 1 } } }, { $limit: 7 }],
      },
      '{"pipeline":[{"$match":{"a":"?"}},{"$group":["_id","n"]},{"$limit":"?"}]}',
    ],
    [{ update: 'c', updates: [{ q: { a: 1 }, u: { $set: { b: 'secret' } } }] }, '{"filter":{"a":"?"}}'],
    [{ delete: 'c', deletes: [{ q: { a: 1 }, limit: 1 }] }, '{"filter":{"a":"?"}}'],
    [{ findAndModify: 'c', query: { a: 1 }, sort: { b: 1 } }, '{"filter":{"a":"?"},"sort":{"b":1}}'],
    [{ count: 'c', query: { a: 1 } }, '{"filter":{"a":"?"}}'],
    [{ distinct: 'c', key: 'k', query: { a: 1 } }, '{"key":"k","filter":{"a":"?"}}'],
    [{ find: 'c', filter: {}, sort: new Map([['a', -1]]) }, '{"filter":{},"sort":{"a":-1}}'],
    [{ insert: 'c', documents: [{ secret: 1 }] }, '{}'],
  ])('%j', (command, expected) => expect(text(command)).toBe(expected));

  it('is bounded for deep and wide conditions', () => {
    let deep: object = { a: 1 };
    for (let depth = 0; depth < 5000; depth += 1) deep = { $and: [deep] };
    const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`field${n}`, n]));
    expect(text({ find: 'c', filter: deep })!.length).toBeLessThan(300);
    expect(text({ find: 'c', filter: wide })!.length).toBeLessThan(2001);
  });
});

describe('DurationSketch', () => {
  it('gives quantiles within the growth of its buckets', () => {
    const sut = new DurationSketch();
    expect(sut.quantile(0.5)).toBe(0);
    for (let ms = 1; ms <= 1000; ms += 1) sut.add(ms);
    for (const quantile of [0.5, 0.95, 0.99]) {
      expect(sut.quantile(quantile)).toBeGreaterThanOrEqual(quantile * 1000);
      expect(sut.quantile(quantile)).toBeLessThanOrEqual(quantile * 1250);
    }
    sut.add(10_000_000);
    expect(sut.quantile(1)).toBeGreaterThan(100_000);
    expect(sut.maxMs).toBe(10_000_000);
  });
});
