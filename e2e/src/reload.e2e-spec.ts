import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect as connectTls } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { hashOf } from './hash-of.js';
import { getOnOwnConnection } from './own-connection.js';
import { startService, type ServiceProcess } from './process.js';
import { storesEnv } from './system.js';

const AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reload-'));
  file = join(folder, 'slipstream.yaml');
});
afterEach(() => rm(folder, { recursive: true }));

/** A pod that answers with its name, and says under `/count` which of its answers this one is, for an hour. */
async function startPod(name: string): Promise<string> {
  let count = 0;
  const pod: Server = createServer((req, res) => {
    if (req.url === '/count') return void res.end(String(++count));
    if (req.url === '/models') return void res.end(JSON.stringify({ data: [{ id: `model-${name}` }] }));
    res.end(req.headers.authorization ?? name);
  }).listen(0, '127.0.0.1');
  await once(pod, 'listening');
  onTestFinished(() => (pod.closeAllConnections(), void pod.close()));
  return `http://127.0.0.1:${(pod.address() as { port: number }).port}`;
}

async function start(name: string, settings: object, env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
  await write(settings);
  const service = await startService(name, { ...env, SLIPSTREAM_CONFIG: file });
  onTestFinished(() => void service.stop());
  return service;
}
const write = (settings: object): Promise<void> => writeFile(file, JSON.stringify({ web: {}, ...settings }));
const backends = (...urls: string[]) => urls.map((url) => ({ url }));

interface Reload {
  changed: string[];
  needsRestart: string[];
  silent: number;
  errors?: { message: string }[];
}
async function reload({ managementUrl }: ServiceProcess, key?: string): Promise<{ status: number; body: Reload }> {
  const headers: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
  const answer = await fetch(`${managementUrl}/admin/reload`, { method: 'POST', headers });
  return { status: answer.status, body: (await answer.json()) as Reload };
}
const text = async (url: string, init?: RequestInit): Promise<string> => (await fetch(url, init)).text();

/** Its status and its body. */
async function get(url: string): Promise<string> {
  const { status, text } = await getOnOwnConnection(url);
  return `${status} ${text}`;
}

/** Requests without a pause, until it is stopped. @returns what they were answered */
function load(url: string): () => Promise<string[]> {
  const seen: string[] = [];
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver) seen.push(await get(url).catch((error: Error) => error.message));
  };
  const clients = Promise.all([client(), client(), client(), client()]);
  return async () => {
    isOver = true;
    await clients;
    return seen;
  };
}

describe.each<[kind: string, name: string, env: () => NodeJS.ProcessEnv]>([
  ['a gateway', 'gateway', () => AWAY],
  ['a gateway of two processes', 'gateway', () => ({ ...AWAY, PROCESSES: '2' })],
  ['standalone', 'standalone', () => ({ MONGODB_URI: storesEnv().MONGODB_URI })],
])('%s', (_, name, env) => {
  it('goes over to other backends at SIGHUP without a failed request', { timeout: 120_000 }, async () => {
    const [first, second] = [await startPod('first'), await startPod('second')];
    const service = await start(name, { web: { backends: backends(first) } }, env());
    if (env().PROCESSES)
      await vi.waitFor(() => expect(service.logs.filter(({ msg }) => msg === 'gateway is up')).toHaveLength(2), 60_000);
    const stop = load(`${service.url}/page`);
    for (const [url, page] of [
      [second, '200 second'],
      [first, '200 first'],
      [second, '200 second'],
    ] as const) {
      await write({ web: { backends: backends(url) } });
      service.child.kill('SIGHUP');
      await vi.waitFor(
        async () => {
          const pages = await Promise.all(Array.from({ length: 20 }, () => get(`${service.url}/page`)));
          expect(new Set(pages)).toEqual(new Set([page]));
        },
        { timeout: 20_000 },
      );
    }
    expect(new Set(await stop())).toEqual(new Set(['200 first', '200 second']));
    expect(service.child.exitCode).toBeNull();
  });
});

describe('POST /admin/reload', () => {
  it('reloads every process of a gateway, and names what changed and what needs a restart', async () => {
    const pod = await startPod('pod');
    const gateway = await start('gateway', { web: { backends: backends(pod) } }, { ...AWAY, PROCESSES: '2' });
    const ups = () => gateway.logs.filter(({ msg }) => msg === 'gateway is up');
    await vi.waitFor(() => expect(ups()).toHaveLength(2), 60_000);
    const before = JSON.parse(await text(`${gateway.managementUrl}/admin/version`)) as { config: { sha256: string } };
    await write({ web: { backends: [{ url: pod, weight: 3 }], strategy: 'round_robin' }, log: { level: 'debug' } });
    expect(await reload(gateway)).toMatchObject({
      status: 200,
      body: { changed: ['web.backends', 'log.level'], needsRestart: ['web.strategy'], silent: 0 },
    });
    const reloads = gateway.logs.filter(({ msg }) => msg === 'the configuration was reloaded');
    await vi.waitFor(() => expect(new Set(reloads.map(({ pid }) => pid)).size).toBe(2));
    const after = JSON.parse(await text(`${gateway.managementUrl}/admin/version`)) as typeof before;
    expect(after.config.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(after.config.sha256).not.toBe(before.config.sha256);
    await get(`${gateway.url}/page`);
    await vi.waitFor(() => expect(gateway.logs.some(({ msg }) => msg === 'request answered')).toBe(true));
  });

  it('changes nothing for a file with mistakes, and names them', async () => {
    const pod = await startPod('pod');
    const gateway = await start('gateway', { web: { backends: backends(pod) } }, AWAY);
    const metric = async (name: string) =>
      new RegExp(`^slipstream_config_last_reload_${name} (.*)$`, 'm').exec(
        await text(`${gateway.managementUrl}/metrics`),
      )?.[1];
    expect(await metric('successful')).toBe('1');
    const loadedAt = await metric('timestamp_seconds');
    await writeFile(file, 'web:\n  backends: []\nlog:\n  levl: debug\n');
    const { status, body } = await reload(gateway);
    expect(status).toBe(422);
    expect(body.errors?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/slipstream\.yaml:4: log\.levl: is not a setting; did you mean level\?$/),
    ]);
    expect(await metric('successful')).toBe('0');
    expect(await metric('timestamp_seconds')).toBe(loadedAt);
    expect(await get(`${gateway.url}/`)).toBe('200 pod');
    await writeFile(file, 'web:\n  backends: []\n');
    expect((await reload(gateway)).body.errors?.[0]?.message).toMatch(/^web\.backends: names no backend; keep one/);
    expect(await get(`${gateway.url}/`)).toBe('200 pod');
    await write({ web: { backends: backends(pod) } });
    expect(await reload(gateway)).toMatchObject({ status: 200, body: { changed: [], needsRestart: [] } });
    expect(await metric('successful')).toBe('1');
  });

  it('changes keys', async () => {
    const keyed = (key: string) => ({ keys: [{ id: key, role: 'admin', hash: hashOf(key) }] });
    const gateway = await start('gateway', keyed('old-key'), AWAY);
    expect((await reload(gateway)).status).toBe(401);
    await write(keyed('new-key'));
    expect(await reload(gateway, 'old-key')).toMatchObject({ status: 200, body: { changed: ['keys'] } });
    expect((await reload(gateway, 'old-key')).status).toBe(401);
    expect((await reload(gateway, 'new-key')).status).toBe(200);
    const models = (key: string) =>
      fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } }).then(({ status }) => status);
    expect([await models('old-key'), await models('new-key')]).toEqual([401, 200]);
  });

  it('changes cache rules, and drops what the former ones stored', async () => {
    const pod = await startPod('pod');
    const rules = (rule: string) => ({
      web: { backends: backends(pod), cache: { reads: { '/count': { class: rule } } } },
    });
    const gateway = await start('gateway', rules('immutable'), AWAY);
    const count = () => get(`${gateway.url}/count`);
    await vi.waitFor(async () => expect(await count()).toBe(await count()));
    await write(rules('never'));
    expect((await reload(gateway)).body.changed).toEqual(['web.cache.reads']);
    expect(await count()).not.toBe(await count());
  });

  it('changes model servers and their keys', async () => {
    const [first, second] = [await startPod('first'), await startPod('second')];
    const servers = (url: string, apiKey: string) => ({ llm: { backends: [{ url, apiKey }] } });
    const gateway = await start('gateway', servers(first, 'key-1'), AWAY);
    const call = (model: string) =>
      text(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [] }),
      });
    expect(await call('model-first')).toBe('Bearer key-1');
    await write(servers(first, 'key-2'));
    expect((await reload(gateway)).body.changed).toEqual(['llm.backends']);
    expect(await call('model-first')).toBe('Bearer key-2');
    await write(servers(second, 'key-3'));
    await reload(gateway);
    expect(await call('model-second')).toBe('Bearer key-3');
    expect(await call('model-first')).toContain('model_not_found');
  });

  it('changes the files of the certificate', async () => {
    const tls = async (name: string) => {
      const { cert, private: key } = await generate([{ name: 'commonName', value: name }], { keyType: 'ec' });
      await Promise.all([writeFile(join(folder, `${name}.crt`), cert), writeFile(join(folder, `${name}.key`), key)]);
      return { listen: { tls: { certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) } } };
    };
    const gateway = await start('gateway', await tls('one'), AWAY);
    const subject = async () => {
      const socket = connectTls({ port: Number(new URL(gateway.url).port), rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { CN } = socket.getPeerCertificate().subject;
      socket.destroy();
      return CN;
    };
    expect(await subject()).toBe('one');
    await write(await tls('two'));
    expect((await reload(gateway)).body.changed).toEqual(['listen.tls.certFile', 'listen.tls.keyFile']);
    expect(await subject()).toBe('two');
  });
});

it('a gateway without MongoDB drains a backend in all processes, also after a reload and a restart', async () => {
  const [first, second] = [await startPod('first'), await startPod('second')];
  const web = { backends: backends(first, second), overlayStore: 'file', overlayFile: join(folder, 'overlay.json') };
  const env = { ...AWAY, PROCESSES: '2' };
  const gateway = await start('gateway', { web }, env);
  await vi.waitFor(() => expect(gateway.logs.filter(({ msg }) => msg === 'gateway is up')).toHaveLength(2), 60_000);
  const { items } = JSON.parse(await text(`${gateway.managementUrl}/admin/backends`)) as {
    items: { id: string; url: string; pool: string }[];
  };
  const { id } = items.find(({ url }) => url === first)!;
  const drained = await fetch(`${gateway.managementUrl}/admin/backends/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{"isDraining":true}',
  });
  expect(drained.status).toBe(200);
  const pages = async (service: ServiceProcess) =>
    new Set(await Promise.all(Array.from({ length: 30 }, () => get(`${service.url}/page`))));
  await vi.waitFor(async () => expect(await pages(gateway)).toEqual(new Set(['200 second'])), { timeout: 20_000 });
  await write({ web, log: { level: 'debug' } });
  expect((await reload(gateway)).body.changed).toEqual(['log.level']);
  expect(await pages(gateway)).toEqual(new Set(['200 second']));
  await gateway.stop();
  const again = await start('gateway', { web }, AWAY);
  expect(await pages(again)).toEqual(new Set(['200 second']));
});

it.each(['chat-worker', 'document-worker', 'notification-worker'])('%s reloads at SIGHUP', async (name) => {
  const worker = await start(name, {}, storesEnv());
  await write({ log: { level: 'debug' } });
  worker.child.kill('SIGHUP');
  await vi.waitFor(() => expect(worker.logs.some(({ msg }) => msg === 'the configuration was reloaded')).toBe(true), {
    timeout: 10_000,
  });
  expect(worker.child.exitCode).toBeNull();
});
