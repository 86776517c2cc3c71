import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { PresetGateways } from './testing/preset-gateways.js';
import { request } from './testing/raw-request.js';

const gateways = new PresetGateways();
afterEach(() => gateways.close());

const backend: RequestListener = (incoming, response) => {
  incoming.resume();
  response.setHeader('content-type', 'application/json');
  response.end('[]');
};

/** `{"id":"ada"}` as the payload of a token; the cache only reads it. */
const TOKEN = `e30.${Buffer.from('{"id":"ada"}').toString('base64url')}.c2ln`;
const BROWSER = { authorization: `Bearer ${TOKEN}`, cookie: `token=${TOKEN}` };
/** The private answers that a page of Open WebUI 0.12 reads. */
const READ = [
  '/api/config',
  '/api/models',
  '/api/v1/configs/banners',
  '/api/v1/tools/',
  '/api/v1/chats/?page=1',
  '/api/v1/chats/pinned',
  '/api/v1/chats/all/tags',
  '/api/v1/folders/',
  '/api/v1/folders/shared',
  '/api/v1/notes/pinned',
  '/api/v1/terminals/',
  '/api/v1/users/user/settings',
];

describe('a page of Open WebUI that is loaded again', () => {
  const load = async (url: string, write: string): Promise<string[]> => {
    await fetch(url + write, { method: 'POST', headers: BROWSER });
    const states = [];
    for (const path of READ) states.push(String((await request(url + path, BROWSER)).headers['cache-status']));
    return states;
  };

  it('gets what the former load has stored, although each load writes the time zone', async () => {
    const { url } = await gateways.start(backend);
    await load(url, '/api/v1/auths/update/timezone');
    for (const state of await load(url, '/api/v1/auths/update/timezone')) expect(state).toMatch(/^slipstream; hit/);
  });

  it('gets current answers after a change of the account', async () => {
    const { url } = await gateways.start(backend);
    await load(url, '/api/v1/auths/update/timezone');
    for (const state of await load(url, '/api/v1/auths/update/profile')) expect(state).not.toMatch(/; hit/);
  });
});
