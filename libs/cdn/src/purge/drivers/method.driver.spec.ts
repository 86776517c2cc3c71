import { expect, it } from 'vitest';
import { FakeEdge, type SeenRequest } from '../../testing/fake-edge.js';
import { purgeDriverContract, TOKEN } from '../../testing/purge-driver.contract.js';
import type { EdgePurge } from '../purge-driver.port.js';
import { MethodDriver } from './method.driver.js';

const LINE = /^PURGE (\/[^*]*)(\*?)$/;

function purged({ line, headers }: SeenRequest): EdgePurge {
  const [, path = '', star] = LINE.exec(line) ?? [];
  const tags = headers['surrogate-key'];
  if (tags !== undefined) return { type: 'tags', items: String(tags).split(' ') };
  if (path === '/' && star) return { type: 'everything' };
  return { type: star ? 'prefixes' : 'urls', items: [`https://cdn.example${path}`] };
}

purgeDriverContract('MethodDriver', {
  open: (url, timeoutMs) => new MethodDriver({ endpoints: [url], host: 'cdn.example', token: TOKEN, timeoutMs }),
  answer({ line, headers }, response) {
    const isValid = LINE.test(line) && headers.host === 'cdn.example' && headers.authorization === `Bearer ${TOKEN}`;
    response.writeHead(isValid ? 200 : 400).end('Purged');
  },
  purged,
  isSoft: ({ headers }) => headers['slipstream-soft-purge'] === '1',
  softly: ['urls', 'tags', 'prefixes', 'everything'],
});

it('purges every cache, and is to repeat the call if one of them fails', async () => {
  const edges = [200, 404, 503].map((status) => new FakeEdge((_, response) => void response.writeHead(status).end()));
  const endpoints = await Promise.all(edges.map((edge) => edge.listen()));
  const open = (some: string[]) => new MethodDriver({ endpoints: some, host: 'cdn.example', timeoutMs: 5_000 });
  const purge = { type: 'urls', items: ['https://cdn.example/a'] } as const;
  expect(await open(endpoints.slice(0, 2)).purge(purge, false)).toEqual({ type: 'done' }); // one had nothing of it
  expect(await open(endpoints).purge(purge, false)).toEqual({
    type: 'later',
    reason: 'answered 503',
    retryAfterMs: undefined,
  });
  expect(edges.map(({ seen }) => seen.length)).toEqual([2, 2, 1]);
  await Promise.all(edges.map((edge) => edge.close()));
});
