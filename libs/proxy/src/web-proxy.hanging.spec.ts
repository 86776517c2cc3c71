import type { ServerResponse } from 'node:http';
import { CacheRules, ResponseCache } from '@slipstream/http-cache';
import { afterEach, expect, it } from 'vitest';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
afterEach(() => local.close());

const newCaching = () => {
  const cache = new ResponseCache({ coalesceWaitMs: 500 });
  const bus = { publish: () => {}, subscribe: () => () => {} };
  const reads = [{ path: '/a', class: 'public' as const }];
  return {
    cache,
    rules: new CacheRules({
      reads,
      writes: [],
      secret: 'sixteen characters',
      tokenCookies: [],
      claim: 'id',
      ignoredCookies: [],
      purge: () => {},
      bus,
    }),
  };
};

it('asks another backend where the one that is preferred hangs over what is to be cached', async () => {
  let hanging: string | undefined;
  const asked: string[] = [];
  const backend = (name: string) =>
    local.http((_, response: ServerResponse) => {
      asked.push(name);
      hanging ??= name; // whichever is asked first, for good
      if (name !== hanging) response.end(name);
    });
  const urls = await Promise.all(['one', 'two', 'three'].map(backend));
  // Equal keys go to the same backend, so every request prefers the one that hangs.
  const { url } = await local.gateway(
    urls,
    { caching: newCaching(), hashOn: { type: 'address' } },
    { strategy: 'consistent_hash' },
  );
  const answers = await Promise.all(Array.from({ length: 10 }, async () => (await fetch(`${url}/a`)).text()));
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).not.toBe(hanging);
  expect(asked).toEqual([hanging, answers[0]]);
});
