import { once } from 'node:events';
import { mkdtemp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { refusedStart, startService, type ServiceProcess } from './process.js';
import { startStandalone, storesEnv, untilReady, type System } from './system.js';
import { agreeToWebSocket, openWebSocket } from './websocket.js';

let folder: string;
let pod: Server;
let system: System;
let gateway: ServiceProcess;
let client: ClientHttp2Session;
let authority: string;

/** As Kubernetes mounts a secret: a link to a folder, swapped in one step. */
async function writePair(version: string): Promise<string> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: version }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  return publish(version, cert, key).then(() => cert);
}

async function publish(version: string, cert: string, key: string): Promise<void> {
  await mkdir(join(folder, version));
  await Promise.all([
    writeFile(join(folder, version, 'tls.crt'), cert),
    writeFile(join(folder, version, 'tls.key'), key),
  ]);
  await symlink(version, join(folder, '..next'));
  await rename(join(folder, '..next'), join(folder, '..data'));
}

async function call(method: string, path: string, { body, ...headers }: OutgoingHttpHeaders & { body?: string } = {}) {
  const stream = client.request({
    ':method': method,
    ':path': path,
    ':authority': authority,
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  });
  stream.end(body);
  const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  const text = (await stream.toArray()).join('');
  return { status: answer[':status'], headers: answer, text, json: () => JSON.parse(text) as Record<string, string> };
}

/** The name on the certificate that a new connection is shown. */
async function shown(): Promise<string> {
  const socket: TLSSocket = connectTls({
    port: Number(new URL(gateway.url).port),
    host: '127.0.0.1',
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tls-'));
  const ca = await writePair('first');
  await Promise.all(['tls.crt', 'tls.key'].map((name) => symlink(join('..data', name), join(folder, name))));
  pod = createServer((req, res) => res.end(JSON.stringify(req.headers)));
  pod.on('upgrade', (_req, socket) => agreeToWebSocket(socket).pipe(socket));
  pod.listen(0, '127.0.0.1');
  await once(pod, 'listening');
  system = await startStandalone({
    WEB_BACKENDS: `http://127.0.0.1:${(pod.address() as AddressInfo).port}`,
    TLS_CERT_FILE: join(folder, 'tls.crt'),
    TLS_KEY_FILE: join(folder, 'tls.key'),
  });
  await untilReady(system);
  gateway = system.gateways[0]!;
  authority = new URL(gateway.url).host;
  client = connect(gateway.url, { ca });
});

afterAll(async () => {
  client?.destroy();
  await system?.stop();
  pod?.close();
  pod?.closeAllConnections();
  await rm(folder, { recursive: true });
});

describe('over HTTP/2', () => {
  it('the web pool answers', async () => {
    const { status, json } = await call('GET', '/');
    expect([status, json()]).toMatchObject([
      200,
      { host: authority, 'x-forwarded-proto': 'https', via: expect.stringMatching(/^2\.0 slipstream-\w+$/) as string },
    ]);
  });

  it('the native API does its main job, event stream included', async () => {
    const user = (await call('POST', '/slipstream/v1/users', { body: '{"name":"Ada"}' })).json();
    const chat = (
      await call('POST', '/slipstream/v1/chats', { body: JSON.stringify({ userId: user.id, title: 'First' }) })
    ).json();
    const posted = await call('POST', `/slipstream/v1/chats/${chat.id}/messages`, { body: '{"content":"Hello"}' });
    expect(posted.status).toBe(202);
    const { status, headers, text } = await call('GET', posted.json().eventsUrl as string, {
      accept: 'text/event-stream',
    });
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(text).toMatch(/event: message-delta[^]*event: message-completed/);
  });

  it('the model pool answers, streams, and refuses', async () => {
    const completion = (stream: boolean, model = 'demo-echo') =>
      call('POST', '/v1/chat/completions', {
        body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Hello' }] }),
      });
    expect((await call('GET', '/v1/models')).text).toContain('demo-echo');
    expect((await completion(false)).text).toContain('You said: Hello');
    expect((await completion(true)).text).toMatch(/^data: [^]*data: \[DONE\]\n\n$/);
    expect((await completion(false, 'none')).status).toBe(404);
  });

  it('a foreign Host is refused on loopback, as over HTTP/1.1', async () => {
    expect(await call('GET', '/v1/models', { ':authority': 'evil.example' })).toMatchObject({ status: 403 });
  });

  it('a bad request and a body over the limit are told as such', async () => {
    expect(await call('POST', '/slipstream/v1/users', { body: '{broken' })).toMatchObject({ status: 400 });
    expect(
      await call('POST', '/slipstream/v1/users', { body: JSON.stringify({ name: 'x'.repeat(2 * 1024 * 1024) }) }),
    ).toMatchObject({ status: 413 });
  });
});

it('a WebSocket goes through TLS on the same port', async () => {
  const { socket } = await openWebSocket(`${gateway.url}/ws`, { rejectUnauthorized: false });
  const echoed = once(socket, 'data');
  socket.write('hello');
  expect(String((await echoed)[0])).toBe('hello');
  socket.destroy();
});

it('a renewed certificate is used without a restart, a bad one is not, and nobody is cut off', async () => {
  expect(await shown()).toBe('first');
  await writePair('second');
  await vi.waitFor(async () => expect(await shown()).toBe('second'), { timeout: 10_000, interval: 50 });
  await publish('bad', 'no certificate', 'no key');
  await vi.waitFor(
    () =>
      expect(gateway.logs).toContainEqual(
        expect.objectContaining({ msg: expect.stringContaining('the previous one stays active') }),
      ),
    { timeout: 10_000 },
  );
  expect(await shown()).toBe('second');
  expect((await call('GET', '/')).status).toBe(200);
  expect(client.closed).toBe(false);
  expect(JSON.stringify(gateway.logs)).not.toContain('PRIVATE KEY');
});

it('a self-signed certificate is made for a trial, with a warning', async () => {
  const trial = await startService('standalone', { MONGODB_URI: storesEnv().MONGODB_URI, TLS_SELF_SIGNED: 'true' });
  expect(trial.url).toMatch(/^https:/);
  await vi.waitFor(() =>
    expect(trial.logs).toContainEqual(expect.objectContaining({ msg: expect.stringContaining('self-signed') })),
  );
  const session = connect(trial.url, { rejectUnauthorized: false });
  const stream = session.request({ ':path': '/v1/models' });
  const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  expect(answer[':status']).toBe(200);
  stream.resume();
  const gone = once(session, 'goaway');
  const exited = trial.stop();
  await gone;
  expect(await exited).toBe(0);
});

it.each([
  [
    { TLS_CERT_FILE: '/nowhere/tls.crt', TLS_KEY_FILE: '/nowhere/tls.key' },
    "listen.tls.certFile (TLS_CERT_FILE): can't be read (ENOENT)",
  ],
  [{ TLS_CERT_FILE: '/nowhere/tls.crt' }, 'needs both certFile and keyFile'],
])('does not start with %o', async (env, mistake) => {
  expect(await refusedStart('standalone', { ...storesEnv(), ...env })).toMatchObject({
    code: 1,
    text: expect.stringContaining(mistake),
  });
});
