import { connect } from 'node:net';
import { once } from 'node:events';
import { Controller, Post } from '@nestjs/common';
import { afterEach, expect, it, vi } from 'vitest';
import { UPLOAD_SILENCE_MS } from '@slipstream/http/testing';
import { createTelemetry } from '@slipstream/telemetry';
import { createManagement, Lifecycle, type Management, type ManagementOptions } from './index.js';

@Controller('admin/thing')
class AdminController {
  @Post()
  post(): string {
    return 'posted';
  }
}
class AdminModule {}

let management: Management | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await management?.close();
});

async function start(options: Partial<ManagementOptions> = {}): Promise<number> {
  const { registry, nestLogger } = createTelemetry({ processName: 'test', level: 'silent' });
  const modules = [{ module: AdminModule, controllers: [AdminController] }];
  management = await createManagement({
    host: '127.0.0.1',
    port: 0,
    indicators: [],
    lifecycle: new Lifecycle(),
    metrics: () => registry.metrics(),
    logger: nestLogger,
    modules,
    ...options,
  });
  return Number(new URL(await management.listen()).port);
}

async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(text));
  return (await socket.toArray()).join('');
}

it.each(['/health/live', '/health/ready', '/metrics', '/docs', '/admin/thing', '/nonsense'])(
  'is not read by a page that took its address for its own name: %s',
  async (path) => {
    const port = await start({ allowedHosts: ['gateway.example'] });
    const asked = (host: string) =>
      exchange(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example'])
      expect(await asked(host)).toMatch(/^HTTP\/1\.1 421 [^]*"code":"host_not_allowed"/);
    for (const host of ['127.0.0.1', `localhost:${port}`, `[::1]:${port}`, 'gateway.example', 'gateway.ns.svc'])
      expect(await asked(host)).not.toMatch(/^HTTP\/1\.1 421 /);
  },
);

it('asks the guard only for names that are served', async () => {
  const guard = vi.fn();
  const port = await start({ guard });
  await exchange(
    port,
    'POST /admin/thing HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
  );
  expect(guard).not.toHaveBeenCalled();
});

const FIELDS = Array.from({ length: 1100 }, (_, n) => `X-${n}: v`).join('\r\n');
it.each([
  ['an unknown expectation', 'POST /admin/thing', 'Host: a\r\nExpect: x\r\nContent-Length: 0', 417],
  [
    'an unknown expectation before a handshake',
    'GET /health/live',
    'Host: a\r\nExpect: x\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket',
    417,
  ],
  ['a head of 40 KB', 'GET /health/live', `Host: a\r\nX-Long: ${'v'.repeat(40_000)}`, 431],
  ['1,100 fields', 'GET /health/live', `Host: a\r\n${FIELDS}`, 431],
  ['two Hosts', 'GET /metrics', 'Host: a\r\nHost: b', 400],
  ['two codings', 'POST /admin/thing', 'Host: a\r\nTransfer-Encoding: gzip, chunked', 400],
  ['a fragment', 'GET /metrics#x', 'Host: a', 400],
  ['TRACE', 'TRACE /metrics', 'Host: a', 405],
])('refuses %s as the public listener does', async (_, line, fields, status) => {
  const port = await start();
  expect(await exchange(port, `${line} HTTP/1.1\r\nConnection: close\r\n${fields}\r\n\r\n`)).toMatch(
    new RegExp(`^HTTP/1\\.1 ${status} `),
  );
  expect(await exchange(port, 'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 200 /,
  );
});

it('answers Expect: 100-continue', async () => {
  const port = await start();
  expect(
    await exchange(
      port,
      'POST /admin/thing HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    ),
  ).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
});

it('cuts off a body that falls silent', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const guard = Promise.withResolvers<void>();
  const port = await start({ guard: async () => guard.resolve() });
  const socket = connect(port, '127.0.0.1', () =>
    socket.write(
      'POST /admin/thing HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    ),
  );
  const closed = once(socket.on('error', () => {}).resume(), 'close');
  await guard.promise;
  for (let n = 0; n < 4 && !socket.destroyed; n++) {
    await new Promise((resolve) => void setImmediate(resolve)); // what was read is taken
    vi.advanceTimersByTime(UPLOAD_SILENCE_MS);
  }
  await closed;
});

it('bounds the connections of one address, and serves another', async () => {
  const port = await start();
  const clients = Array.from({ length: 129 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  const refusals = Promise.race(clients.map(async (client) => (await client.toArray()).join('')));
  expect(await refusals).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: /);
  expect(management?.connectionCounts()).toEqual({ open: 128, refused: { limit: 0, address_limit: 1 } });
  const other = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }, () =>
    other.write('GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'),
  );
  expect((await other.toArray()).join('')).toMatch(/^HTTP\/1\.1 200 /);
  for (const client of clients) client.destroy();
  await vi.waitFor(() => expect(management?.connectionCounts().open).toBe(0), { timeout: 30_000 });
}, 60_000);

it.each([
  ['that has sent no byte', ''],
  ['that has sent half a head', 'GET /health/li'],
  ['that is kept alive', 'GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
])('closes without waiting for a connection %s', async (_, text) => {
  const port = await start();
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write(text)).on(
    'error',
    () => {},
  );
  if (text.endsWith('\r\n\r\n')) await once(socket, 'data');
  else socket.resume();
  await vi.waitFor(() => expect(management?.connectionCounts().open).toBe(1));
  await management?.close();
  management = undefined;
  socket.destroy();
});
