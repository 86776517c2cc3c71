import { expect, it } from 'vitest';
import { PurgeWatch } from './purge-watch.js';

const URL = 'http://chat/a';

it('knows what was purged since a fetch began, by its URL or by tags that are known only later', () => {
  const watch = new PurgeWatch();
  watch.purge({ type: 'everything' });
  const [one, two] = [watch.begin(URL), watch.begin('http://chat/b')];
  expect(one.isPurged(['x'])).toBe(false);
  watch.purge({ type: 'tags', tags: ['x'] });
  expect([one.isPurged(['x']), one.isPurged(['y']), two.isPurged(['z', 'x'])]).toEqual([true, false, true]);
  watch.purge({ type: 'url', url: '/a' });
  expect([one.isPurged([]), two.isPurged([])]).toEqual([true, false]);
  watch.purge({ type: 'prefix', prefix: 'http://chat/' });
  expect(two.isPurged([])).toBe(true);
});

it('is told no more once it has ended', () => {
  const watch = new PurgeWatch();
  const fetch = watch.begin(URL);
  fetch.end();
  watch.purge({ type: 'everything' });
  expect(fetch.isPurged([])).toBe(false);
});

it('remembers few tags, and past them takes all for purged', () => {
  const watch = new PurgeWatch();
  const fetch = watch.begin(URL);
  watch.purge({ type: 'tags', tags: Array.from({ length: 256 }, (_, i) => `t${i}`) });
  expect(fetch.isPurged(['x'])).toBe(false);
  watch.purge({ type: 'tags', tags: ['one more'] });
  expect(fetch.isPurged(['x'])).toBe(true);
});
