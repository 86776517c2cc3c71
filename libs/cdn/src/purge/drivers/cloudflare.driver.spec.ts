import { expect, it } from 'vitest';
import { FakeEdge, type SeenRequest } from '../../testing/fake-edge.js';
import { purgeDriverContract, TOKEN } from '../../testing/purge-driver.contract.js';
import type { EdgePurge } from '../purge-driver.port.js';
import { CloudflareDriver } from './cloudflare.driver.js';

const ZONE = '023e105f4ecef8ad9ca31a8372d0c353';
const LINE = `POST /client/v4/zones/${ZONE}/purge_cache`;
/** As developers.cloudflare.com/api documents it. */
const SUCCESS = { errors: [], messages: [], success: true, result: { id: ZONE } };
const FAILURE = {
  errors: [{ code: 1094, message: 'Could not authenticate.' }],
  messages: [],
  success: false,
  result: null,
};

const open = (url: string, timeoutMs: number) =>
  new CloudflareDriver({ apiUrl: `${url}/client/v4`, zoneId: ZONE, token: TOKEN, timeoutMs });

function purged({ body }: SeenRequest): EdgePurge {
  const { files, tags, prefixes } = body as Record<string, string[]>;
  if (files) return { type: 'urls', items: files };
  if (tags) return { type: 'tags', items: tags };
  return prefixes ? { type: 'prefixes', items: prefixes.map((prefix) => `https://${prefix}`) } : { type: 'everything' };
}

purgeDriverContract('CloudflareDriver', {
  open,
  answer({ line, headers, body }, response) {
    const count = Object.values(body as object).flat().length;
    const isValid = line === LINE && headers.authorization === `Bearer ${TOKEN}` && count <= 30;
    response
      .writeHead(isValid ? 200 : 400, { 'content-type': 'application/json' })
      .end(JSON.stringify(isValid ? SUCCESS : FAILURE));
  },
  purged,
  softly: [],
});

it.each([
  [{ type: 'urls', items: ['https://cdn.example/a?b'] }, { files: ['https://cdn.example/a?b'] }],
  [{ type: 'tags', items: ['a', 'b'] }, { tags: ['a', 'b'] }],
  [{ type: 'prefixes', items: ['https://cdn.example/a/'] }, { prefixes: ['cdn.example/a/'] }],
  [{ type: 'everything' }, { purge_everything: true }],
] as [EdgePurge, object][])('writes %j as documented', async (purge, body) => {
  const edge = new FakeEdge((_, response) => void response.end(JSON.stringify(SUCCESS)));
  await open(await edge.listen(), 5_000).purge(purge);
  expect(edge.seen[0]).toMatchObject({ line: LINE, body, headers: { 'content-type': 'application/json' } });
  await edge.close();
});

it.each([
  [JSON.stringify(FAILURE), 'answered without success'],
  ['<html>', 'answered without JSON'],
  ['null', 'answered without JSON'],
])('is to repeat a call that is answered with 200 and %s', async (text, reason) => {
  const edge = new FakeEdge((_, response) => void response.end(text));
  expect(await open(await edge.listen(), 5_000).purge({ type: 'everything' })).toEqual({ type: 'later', reason });
  await edge.close();
});
