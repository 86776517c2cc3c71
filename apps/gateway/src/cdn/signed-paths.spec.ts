import { get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalListeners } from '../http/testing/local-listeners.js';
import { SignedPaths } from './signed-paths.js';

const listeners = new LocalListeners();
afterEach(() => listeners.close());

const KEY = 'a key of 32 characters, or longer';
const paths = new SignedPaths({ key: KEY, paths: ['/files/**'] });
const inAMinute = () => paths.signer.sign('/files/a.pdf?page=2', Date.now() + 60_000);

async function start() {
  const seen: string[] = [];
  const handle = paths.guard(({ method, url }, response, { isSigned }) => {
    seen.push(`${method} ${url} ${isSigned ?? false}`);
    response.end('x');
  });
  const upgrade = paths.guardUpgrade((_, socket) => void socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  return { ...(await listeners.start(handle, { upgrade })), seen };
}

/** Status and code of the answer. */
async function answerTo(url: string, method = 'GET'): Promise<[number, unknown]> {
  const response = await fetch(url, { method });
  const text = await response.text();
  return [response.status, text.startsWith('{') ? (JSON.parse(text) as { code: string }).code : text];
}

describe('a path that needs a signature', () => {
  it('is served with one, which nothing behind it sees', async () => {
    const { url, seen } = await start();
    expect(await answerTo(url + inAMinute())).toEqual([200, 'x']);
    expect(seen).toEqual(['GET /files/a.pdf?page=2 true']);
  });

  it.each([
    ['without one', () => '/files/a.pdf', 'url_signature_invalid'],
    ['with one of another path', () => inAMinute().replace('a.pdf', 'b.pdf'), 'url_signature_invalid'],
    ['after its time', () => paths.signer.sign('/files/a.pdf', Date.now() - 1000), 'url_expired'],
    ['spelled with an escape', () => '/%66iles/a.pdf', 'url_signature_invalid'],
    ['spelled with dots', () => '/x/%2e%2e/files/a.pdf', 'url_signature_invalid'],
    ['spelled with two slashes', () => '//files//a.pdf', 'url_signature_invalid'],
    ['spelled with a back-slash', () => '/x\\..\\files\\a.pdf', 'url_signature_invalid'],
    ['spelled with a parameter', () => '/files;x/a.pdf', 'url_signature_invalid'],
  ])('is refused %s', async (_, target, code) => {
    const { port, seen } = await start();
    const status = await new Promise<[number | undefined, string]>((resolve) =>
      // fetch would resolve the dots
      get({ port, host: '127.0.0.1', path: target() }, async (response) =>
        resolve([response.statusCode, (await response.toArray()).join('')]),
      ),
    );
    expect(status).toEqual([403, expect.stringContaining(`"code":"${code}"`)]);
    expect(seen).toEqual([]);
  });

  it.each(['POST', 'PUT', 'DELETE'])('takes no %s, signed or not', async (method) => {
    const { url } = await start();
    expect(await answerTo(url + inAMinute(), method)).toEqual([403, 'url_signature_invalid']);
  });

  it('opens no WebSocket', async () => {
    const { port } = await start();
    const headers = {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'x',
      'sec-websocket-version': '13',
    };
    const status = await new Promise((resolve) =>
      get({ port, host: '127.0.0.1', path: inAMinute(), headers }, (response) => resolve(response.statusCode)),
    );
    expect(status).toBe(403);
  });
});

it('other paths are served as they are', async () => {
  const { url, seen } = await start();
  expect(await answerTo(`${url}/other?slipstream-signature=x`)).toEqual([200, 'x']);
  expect(seen).toEqual(['GET /other?slipstream-signature=x false']);
});
