import { mongo } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { queryShape } from './query-shape.js';
import { ShapePaths } from './shape-paths.js';

/** The same numbers in each run. */
let state = 1;
const below = (limit: number): number => (state = (state * 48_271) % 2_147_483_647) % limit;
const oneOf = <T>(...choices: readonly T[]): T => choices[below(choices.length)]!;

const name = () => oneOf('a', 'b', '$in', '$or', '$gt', '');
const list = <T>(of: () => T, longest = 3): T[] => Array.from({ length: below(longest + 1) }, of);
const value = (depth: number): unknown =>
  depth > 0 && below(2) === 0
    ? oneOf<() => unknown>(
        () => condition(depth - 1),
        () => list(() => value(depth - 1), oneOf(2, 40)),
      )()
    : oneOf<unknown>(1, 'x', null, new Date(), new mongo.ObjectId());
const condition = (depth = 3): object => Object.fromEntries(list(() => [name(), value(depth)]));
const order = () => new Map(list(() => [name(), oneOf<unknown>(1, -1, 'hashed', { $meta: 'a' }, { $meta: 'b' })]));

const command = (): Record<string, unknown> =>
  oneOf<() => Record<string, unknown>>(
    () => ({
      find: name(),
      filter: condition(),
      ...oneOf({}, { sort: order() }, { projection: condition(1) }, { limit: 5 }, { skip: 5, limit: 0 }),
    }),
    () => ({ count: name(), query: oneOf(undefined, condition()) }),
    () => ({ distinct: name(), key: name(), query: condition() }),
    () => ({ update: name(), updates: list(() => ({ q: condition(), u: {} })) }),
    () => ({ delete: name(), deletes: list(() => ({ q: condition() })) }),
    () => ({ findAndModify: name(), query: condition(), ...oneOf({}, { sort: order() }) }),
  )();

describe('ShapePaths', () => {
  it('leads no two shapes to one end', () => {
    const sut = new ShapePaths<string>();
    let again = 0;
    for (let n = 0; n < 20_000; n += 1) {
      const each = command();
      const operation = Object.keys(each)[0]!;
      const { key } = queryShape(operation, each)!;
      const end = sut.find(operation, each);
      if (end?.value !== undefined) again += 1;
      if (end && (end.value ??= key) !== key) expect.fail(`${JSON.stringify(each)} ended at ${end.value}`);
    }
    expect(again).toBeGreaterThan(1000);
  });

  it('has one end for lists of all lengths', () => {
    const sut = new ShapePaths<string>();
    const ends = [1, 2, 29, 30, 31, 5000].map((length) =>
      sut.find('find', { find: 'c', filter: { a: { $in: Array.from({ length }, (_, n) => n) } } }),
    );
    expect(new Set(ends).size).toBe(1);
  });

  it('has none for commands that are built otherwise, or are too long', () => {
    const sut = new ShapePaths<string>();
    const wide = Object.fromEntries(Array.from({ length: 29 }, (_, n) => [`f${n}`, { x: { y: 1 }, z: { y: 1 } }]));
    expect(sut.find('find', { find: 'c', filter: wide })).toBeUndefined();
    expect(sut.find('aggregate', { aggregate: 'c', pipeline: [] })).toBeUndefined();
    expect(sut.find('find', { find: 5, filter: {} })).toBeUndefined();
    expect(sut.find('find', { find: 'c', filter: {}, sort: { score: { $meta: 'textScore' } } })).toBeUndefined();
  });

  it('begins anew if there are more paths than any application needs', () => {
    const sut = new ShapePaths<string>();
    const end = sut.find('find', { find: 'c', filter: { a: 1 } });
    expect(sut.find('find', { find: 'c', filter: { a: 2 } })).toBe(end);
    for (let n = 0; n < 20_000; n += 1) sut.find('find', { find: 'c', filter: { [`field${n}`]: 1 } });
    expect(sut.find('find', { find: 'c', filter: { a: 2 } })).not.toBe(end);
  });
});
