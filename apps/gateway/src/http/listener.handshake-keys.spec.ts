import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LoadBalancer } from '@slipstream/balancer';
import { createWebProxy } from '@slipstream/proxy';
import { sendProblem } from '@slipstream/http';
import { LocalListeners } from './testing/local-listeners.js';
import { makeSelfSignedPair } from './tls-pair.js';

/** RFC 6455 section 1.3. */
const VALID = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const VERSION = 'Sec-WebSocket-Version: 13\r\n';
const key = (value: string): string => `Sec-WebSocket-Key: ${value}\r\n`;
const logger = { isLevelEnabled: () => false, debug: () => {}, info: () => {}, warn: () => {} };

const FAULTY: readonly [string, string][] = [
  ['no key', ''],
  ['no key and no version', ''],
  ['an empty key', key('')],
  ['a key of 15 bytes', key('dGhlIHNhbXBsZSBub25j')],
  ['a key of 17 bytes', key('dGhlIHNhbXBsZSBub25jZTE=')],
  ['a key without padding', key('dGhlIHNhbXBsZSBub25jZQ')],
  ['a key in base64url', key('-_hlIHNhbXBsZSBub25jZQ==')],
  ['a key that is no base64', key('!!!!!!!!!!!!!!!!!!!!!!==')],
  ['a key with a parameter', key(`${VALID}; a=1`)],
  ['a key in quotes', key(`"${VALID}"`)],
  ['two keys in one line', key(`${VALID}, ${VALID}`)],
  ['two equal keys', key(VALID) + key(VALID)],
  ['two keys', key(VALID) + key('AAAAAAAAAAAAAAAAAAAAAA==')],
  ['a key in another spelling', `Sec_WebSocket_Key: ${VALID}\r\n`],
  ['a key that Connection names', `${key(VALID)}Connection: Sec-WebSocket-Key\r\n`],
];

describe.each(['plain', 'TLS'] as const)('a WebSocket handshake over %s', (kind) => {
  const listeners = new LocalListeners();
  const pod = createServer();
  let asked = 0;
  let balancer: LoadBalancer;
  let web: ReturnType<typeof createWebProxy>;
  let gateway: Awaited<ReturnType<LocalListeners['start']>>;

  beforeAll(async () => {
    pod.on('upgrade', (_, socket) => {
      asked += 1;
      const agreed = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
      socket.on('error', () => {}).end(`${agreed}Sec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`);
    });
    pod.listen(0, '127.0.0.1');
    await once(pod, 'listening');
    const url = `http://127.0.0.1:${(pod.address() as AddressInfo).port}`;
    balancer = new LoadBalancer({ name: 'web', backends: [{ url }], healthCheck: { probe: async () => {} }, logger });
    const limits = { connectTimeoutMs: 30_000, headersTimeoutMs: 30_000, idleTimeoutMs: 30_000 };
    web = createWebProxy({ balancer, ...limits, refuse: sendProblem, logger });
    web.setBackends([url]);
    const tls = kind === 'TLS' ? await makeSelfSignedPair('127.0.0.1') : undefined;
    gateway = await listeners.start(web.request, { upgrade: web.upgrade, tls });
  });
  afterAll(async () => {
    listeners.close();
    await web.close();
    pod.closeAllConnections();
    pod.close();
  });

  async function handshake(fields: string): Promise<string> {
    const to = { port: gateway.port, host: '127.0.0.1' };
    const socket = kind === 'TLS' ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
    socket.write(`GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${fields}\r\n`);
    return (await socket.toArray()).join('');
  }

  it.each(FAULTY)('with %s is the client’s fault, and no pod’s', async (name, fields) => {
    asked = 0;
    gateway.observed.length = 0;
    const version = name.includes('no version') ? '' : VERSION;
    for (let i = 0; i < 30; i++)
      expect(await handshake(fields + version)).toMatch(/^HTTP\/1\.1 400 [^]*request_not_forwardable/);
    expect(asked).toBe(0);
    expect(gateway.observed).toEqual(Array.from({ length: 30 }, () => ({ route: 'web', status: 400 })));
    expect(balancer.backends()[0]?.state).not.toBe('ejected');
    expect(await handshake(key(VALID) + VERSION)).toMatch(/^HTTP\/1\.1 101 /);
  });

  it.each([
    ['no version', ''],
    ['another version', 'Sec-WebSocket-Version: 8\r\n'],
  ])('with %s is the pod’s to answer', async (_, version) => {
    asked = 0;
    expect(await handshake(key(VALID) + version)).toMatch(/^HTTP\/1\.1 101 /);
    expect(asked).toBe(1);
  });
});
