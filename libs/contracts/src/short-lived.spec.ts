import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { ShortLivedMap, ShortLivedSet, type Place } from './short-lived.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options: { type: 'major' | 'minor' }) => void;

const OPEN = 64;
const ITEM_BYTES = 8_000;
const ITEMS = 1_000;

interface Collection {
  add(item: object, number: number): void;
  delete(number: number): void;
}

function inMap(): Collection {
  const map = new Map<number, object>();
  return { add: (item, number) => void map.set(number, item), delete: (number) => void map.delete(number) };
}

function inShortLivedMap(): Collection {
  const map = new ShortLivedMap<number, object>();
  return { add: (item, number) => map.set(number, item), delete: (number) => void map.delete(number) };
}

function inShortLivedSet(): Collection {
  const set = new ShortLivedSet<object>();
  const places: Place<object>[] = [];
  return { add: (item) => void places.push(set.add(item)), delete: () => void set.delete(places.shift()!) };
}

/** @returns bytes of deleted items that a scavenge keeps, after a major collection of the collection in use */
function keptBytes(collection: Collection): number {
  const exchange = (from: number, count: number): void => {
    for (let number = from; number < from + count; number++) {
      collection.add(new Array<number>(ITEM_BYTES / 8).fill(number + 0.5), number);
      if (number >= OPEN) collection.delete(number - OPEN);
    }
  };
  exchange(0, ITEMS);
  gc({ type: 'major' });
  gc({ type: 'minor' });
  const before = getHeapStatistics().used_heap_size;
  exchange(ITEMS, ITEMS);
  gc({ type: 'minor' });
  return getHeapStatistics().used_heap_size - before;
}

it.each([
  ['ShortLivedMap', inShortLivedMap],
  ['ShortLivedSet', inShortLivedSet],
])('a scavenge frees what was deleted from a %s', (_, collection) => {
  expect(keptBytes(collection())).toBeLessThan(0.2 * ITEMS * ITEM_BYTES);
});

it('a scavenge does not free what was deleted from a Map: else a Map would do', () => {
  expect(keptBytes(inMap())).toBeGreaterThan(0.5 * ITEMS * ITEM_BYTES);
});

it('a set returns its items in the order of their addition, and forgets each once', () => {
  const set = new ShortLivedSet<{ name: string }>();
  const [first, second] = [set.add({ name: 'a' }), set.add({ name: 'b' })];
  expect([[...set].map(({ name }) => name), set.size]).toEqual([['a', 'b'], 2]);
  expect([set.delete(first), set.delete(first), set.size]).toEqual([true, false, 1]);
  set.delete(second);
  expect([[...set], set.size, set.delete(second)]).toEqual([[], 0, false]);
});

it('a map replaces, deletes and clears', () => {
  const map = new ShortLivedMap<string, { name: string }>();
  map.set('k', { name: 'a' });
  map.set('l', { name: 'b' });
  map.set('k', { name: 'c' });
  expect([[...map.values()].map(({ name }) => name), map.size, map.get('k')]).toEqual([['c', 'b'], 2, { name: 'c' }]);
  expect([map.delete('k'), map.delete('k'), map.get('k')]).toEqual([true, false, undefined]);
  map.clear();
  expect([[...map.values()], map.size]).toEqual([[], 0]);
});
