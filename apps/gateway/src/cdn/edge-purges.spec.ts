import { CDNManager, PurgeQueue, type EdgePurge } from '@slipstream/cdn';
import type { PurgeScope } from '@slipstream/http-cache';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EdgePurges } from './edge-purges.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const rules = { sharesTag: (tag: string) => tag.startsWith('page') };

/** The calls that a purge of the response cache causes. */
async function callsOf(scope: PurgeScope, tagField?: 'Surrogate-Key'): Promise<EdgePurge[]> {
  const calls: EdgePurge[] = [];
  const driver = {
    name: 'fake',
    maxItems: { urls: 9, tags: 9, prefixes: 9 },
    purge: async (purge: EdgePurge) => {
      calls.push(purge);
      return { type: 'done' } as const;
    },
  };
  const logger = { info: () => {}, warn: () => {} };
  const cdn = new CDNManager({ cdnUrl: 'https://cdn.example/chat', hasEdge: true, tagField });
  new EdgePurges({ queue: new PurgeQueue({ driver, maxPending: 9, logger }), cdn }).purge(scope, rules);
  await vi.runAllTimersAsync();
  return calls;
}

it.each<[PurgeScope, EdgePurge | undefined]>([
  [{ type: 'everything' }, { type: 'everything' }],
  [
    { type: 'url', url: '/a?b=1' },
    { type: 'urls', items: ['https://cdn.example/chat/a?b=1'] },
  ],
  // no other host is purged, whatever the caller names
  [
    { type: 'url', url: 'http://169.254.169.254/latest' },
    { type: 'urls', items: ['https://cdn.example/chat/latest'] },
  ],
  [{ type: 'url', url: 'https://chat.example/../x' }, undefined],
  [
    { type: 'prefix', prefix: '/static/' },
    { type: 'prefixes', items: ['https://cdn.example/chat/static/'] },
  ],
  [
    { type: 'tags', tags: ['page:1', 'user:7', 'page two'] },
    { type: 'tags', items: ['page:1', 'page%20two'] },
  ],
  [{ type: 'tags', tags: ['user:7', 'chats'] }, undefined],
])('a purge of %j is for the network %j', async (scope, purge) =>
  expect(await callsOf(scope, 'Surrogate-Key')).toEqual(purge ? [purge] : []),
);

it('without a field for tags everything is purged, if an answer for all clients may have the tag', async () => {
  expect(await callsOf({ type: 'tags', tags: ['page:1'] })).toEqual([{ type: 'everything' }]);
  expect(await callsOf({ type: 'tags', tags: ['user:7'] })).toEqual([]);
});
