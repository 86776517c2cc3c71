import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { LocalListeners } from './testing/local-listeners.js';

const local = new LocalListeners();
afterEach(() => local.close());

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const post = (path: string) => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody`;

/** A client that sends this at once, and all that was asked of the one who answers. */
async function asking(bytes: string) {
  const asked: { request: IncomingMessage; response: ServerResponse }[] = [];
  const { port, inFlight } = await local.start((request, response) => void asked.push({ request, response }));
  const client = connect(port, '127.0.0.1', () => client.write(bytes)).on('error', () => {});
  return { asked, client, inFlight, urls: () => asked.map(({ request }) => request.url) };
}

it('serves what came at once one after the other', async () => {
  const { asked, client, urls } = await asking(['/1', '/2', '/3'].map(get).join(''));
  for (let turn = 1; turn <= 3; turn++) {
    await vi.waitFor(() => expect(asked).toHaveLength(turn));
    asked[turn - 1]?.response.end(`of /${turn}`);
  }
  expect(urls()).toEqual(['/1', '/2', '/3']);
  let text = '';
  client.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  await vi.waitFor(() => expect(text.match(/of \/\d/g)).toEqual(['of /1', 'of /2', 'of /3']));
  client.destroy();
});

it('serves as many with bodies as may wait, and again after these', async () => {
  const { asked, client, urls } = await asking(get('/') + post('/a').repeat(8));
  client.resume();
  for (let turn = 1; turn <= 17; turn++) {
    await vi.waitFor(() => expect(asked).toHaveLength(turn));
    asked[turn - 1]?.request.resume();
    asked[turn - 1]?.response.end();
    if (turn === 9) client.write(post('/b').repeat(8));
  }
  expect(urls()).toEqual(['/', ...Array<string>(8).fill('/a'), ...Array<string>(8).fill('/b')]);
  client.destroy();
});

it('serves nothing any more for a client that has left', async () => {
  const { asked, client, inFlight, urls } = await asking(['/1', '/2'].map(get).join(''));
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  client.destroy();
  await vi.waitFor(() => expect(inFlight()).toBe(0));
  expect(urls()).toEqual(['/1']);
});

it.each([
  ['', get('/').repeat(130)],
  [' with bodies', get('/') + post('/').repeat(9)],
])('ends a connection on which more requests%s wait than anybody has use for', async (_, bytes) => {
  const { asked, client } = await asking(bytes);
  await once(client, 'close');
  expect(asked).toHaveLength(1);
});
