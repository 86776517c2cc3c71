import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { FakeEdge, type SeenRequest } from '../../testing/fake-edge.js';
import { purgeDriverContract, TOKEN } from '../../testing/purge-driver.contract.js';
import type { EdgePurge } from '../purge-driver.port.js';
import { FastlyDriver } from './fastly.driver.js';

const SERVICE = 'SU1Z0isxPaozGVKXdv0eY';
const KEYS = `POST /service/${SERVICE}/purge`;
const ALL = `POST /service/${SERVICE}/purge_all`;
const URL_LINE = /^POST \/purge\/(cdn\.example\/.*)$/;

const open = (url: string, timeoutMs: number) =>
  new FastlyDriver({ apiUrl: url, serviceId: SERVICE, token: TOKEN, timeoutMs });

/** As fastly.com/documentation/reference/api/purging documents it. */
function answer({ line, headers, body }: SeenRequest, response: ServerResponse): void {
  const keys = (body as { surrogate_keys?: string[] } | undefined)?.surrogate_keys ?? [];
  const isKnown = line === KEYS || line === ALL || URL_LINE.test(line);
  if (!isKnown || headers['fastly-key'] !== TOKEN || keys.length > 256)
    return void response.writeHead(400).end(JSON.stringify({ msg: 'Bad request' }));
  const ids = Object.fromEntries(keys.map((key, i) => [key, `108-1391560174-97412${i}`]));
  const text = line === KEYS ? ids : line === ALL ? { status: 'ok' } : { status: 'ok', id: '108-1391560174-974124' };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(text));
}

function purged({ line, body }: SeenRequest): EdgePurge {
  const [, url] = URL_LINE.exec(line) ?? [];
  if (url !== undefined) return { type: 'urls', items: [`https://${url}`] };
  return line === ALL
    ? { type: 'everything' }
    : { type: 'tags', items: (body as { surrogate_keys: string[] }).surrogate_keys };
}

purgeDriverContract('FastlyDriver', {
  open,
  answer,
  purged,
  isSoft: ({ headers }) => headers['fastly-soft-purge'] === '1',
  softly: ['urls', 'tags'],
});

it.each([
  [{ type: 'urls', items: ['https://cdn.example/a?b'] }, 'POST /purge/cdn.example/a?b', undefined],
  [{ type: 'tags', items: ['a', 'b'] }, KEYS, { surrogate_keys: ['a', 'b'] }],
  [{ type: 'everything' }, ALL, undefined],
] as [EdgePurge, string, object | undefined][])('writes %j as documented', async (purge, line, body) => {
  const edge = new FakeEdge(answer);
  await open(await edge.listen(), 5_000).purge(purge, false);
  expect(edge.seen[0]).toMatchObject({ line, body, headers: { 'fastly-key': TOKEN, accept: 'application/json' } });
  await edge.close();
});
