import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startService, type ServiceProcess } from './process.js';
import { freePort } from './free-port.js';

const AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};

async function start(listen: object): Promise<ServiceProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'listeners-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const backend = createServer((_, response) => response.end('page')).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  onTestFinished(() => (backend.closeAllConnections(), void backend.close()));
  const url = `http://127.0.0.1:${(backend.address() as { port: number }).port}`;
  const file = join(folder, 'slipstream.yaml');
  await writeFile(file, JSON.stringify({ listen, web: { backends: [{ url }] } }));
  const gateway = await startService('gateway', { ...AWAY, SLIPSTREAM_CONFIG: file });
  onTestFinished(() => void gateway.stop());
  return gateway;
}

const urlIn = ({ logs }: ServiceProcess, message: string): string =>
  String(logs.find(({ msg }) => msg === message)?.url);

it.each([
  ['v1', 404],
  ['everything', 200],
] as const)('the internal listener serves plain HTTP besides TLS, for %s', async (serves, status) => {
  const gateway = await start({
    tls: { selfSigned: true },
    allowedHosts: ['chat.example.org'],
    internal: { port: 0, serves },
  });
  const internal = urlIn(gateway, 'gateway listens internally');
  expect([new URL(gateway.url).protocol, new URL(internal).protocol]).toEqual(['https:', 'http:']);
  expect((await fetch(`${internal}/v1/models`)).status).toBe(200);
  expect((await fetch(`${internal}/page`)).status).toBe(status);
  expect((await fetch(`${internal}/slipstream/v1/unknown`)).status).toBe(404);
  expect(await gateway.stop()).toBe(0);
});

it('redirects accepted hosts to HTTPS, and no others', async () => {
  const port = await freePort();
  const gateway = await start({
    tls: { selfSigned: true },
    redirectPort: port,
    allowedHosts: ['chat.example.org', 'localhost'],
  });
  const redirected = async (host: string, path = '/a/b?c=d') => {
    const asked = request({ port, host: '127.0.0.1', path, headers: { host } }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    return [answer.statusCode, answer.headers.location];
  };
  const https = new URL(gateway.url).port;
  expect(await redirected(`chat.example.org:${port}`)).toEqual([308, `https://chat.example.org:${https}/a/b?c=d`]);
  expect(await redirected('CHAT.example.org')).toEqual([308, `https://chat.example.org:${https}/a/b?c=d`]);
  expect(await redirected('localhost', '//evil.example/x')).toEqual([
    308,
    `https://localhost:${https}//evil.example/x`,
  ]);
  expect(await redirected('evil.example')).toEqual([421, undefined]);
  expect(await redirected('chat.example.org.evil.example')).toEqual([421, undefined]);
  expect(await redirected('chat.example.org@evil.example')).toEqual([400, undefined]);
  expect(await redirected('localhost', 'http://evil.example/')).toEqual([400, undefined]);
});
