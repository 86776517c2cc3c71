import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { PrivateRedis } from '@slipstream/redis/testing';
import { PrivateRabbitmq } from '../broker/private-rabbitmq.mjs';

const DOCTOR = fileURLToPath(new URL('../../apps/gateway/dist/doctor.js', import.meta.url));

interface Found {
  level: string;
  check: string;
  text: string;
  remedy?: string;
}
interface Run {
  args?: string[];
  env?: NodeJS.ProcessEnv;
  yaml?: object;
  openFiles?: number;
}

let redis: PrivateRedis;
let rabbitmq: PrivateRabbitmq;
let webApp: Server;
let folder: string;

beforeAll(async () => {
  [redis, rabbitmq] = [await PrivateRedis.start(), new PrivateRabbitmq()];
  await rabbitmq.start();
  webApp = createServer((request, response) => response.writeHead(request.url === '/sick' ? 503 : 200).end('{}'));
  await new Promise<void>((resolve) => webApp.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  webApp.close();
  await Promise.all([redis.kill(), rabbitmq.stop()]);
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipstream-doctor-'));
  await configureRedis('maxmemory-policy', 'volatile-lru');
  await configureRedis('maxmemory', '64mb');
});

afterEach(() => rm(folder, { recursive: true }));

const origin = (): string => `http://127.0.0.1:${(webApp.address() as AddressInfo).port}`;

async function configureRedis(name: string, value: string): Promise<void> {
  await run('redis-cli', ['-p', String(redis.port), 'config', 'set', name, value], {});
}

const run = (command: string, args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number; stdout: string }> =>
  new Promise((resolve) =>
    execFile(command, args, { cwd: folder, env: { ...process.env, ...env } }, (error, stdout) =>
      resolve({ code: error ? Number(error.code) : 0, stdout }),
    ),
  );

/** A deployment without mistakes, as far as `changes` has none. */
async function doctor({ args = [], env = {}, yaml = {}, openFiles = 65_536 }: Run) {
  const config = { web: { backends: [{ url: origin() }] }, llm: { backends: [{ url: `${origin()}/v1` }] }, ...yaml };
  await writeFile(join(folder, 'slipstream.yaml'), JSON.stringify(config));
  const urls = { REDIS_URL: redis.url, RABBITMQ_URL: rabbitmq.url, MONGODB_URI: inject('mongodbUri'), ...env };
  const limited = `ulimit -n ${Math.min(openFiles, 16_384)}; exec "$0" "$@"`;
  const { code, stdout } = await run(
    'bash',
    ['-c', limited, process.execPath, DOCTOR, '--json', '--service=gateway', ...args],
    urls,
  );
  const { findings } = JSON.parse(stdout) as { findings: Found[] };
  return { code, bad: findings.filter(({ level }) => level === 'error' || level === 'warning'), findings };
}

/** What the stand-in for MongoDB and Debian's packages are blamed for. */
const OF_THIS_MACHINE = ['mongodb.version', 'mongodb.replicas', 'rabbitmq.version', 'redis.version'];
const names = (bad: Found[]): string[] =>
  [...new Set(bad.map(({ check }) => check))].filter((check) => !OF_THIS_MACHINE.includes(check)).sort();

it('finds nothing wrong with a deployment that is right', async () => {
  const { code, bad, findings } = await doctor({});
  expect(names(bad)).toEqual([]);
  expect(code).toBe(0);
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['clock.redis', 'rabbitmq.alarms', 'mongodb.connections', 'web.backends', 'llm.backends']),
  );
});

describe('surroundings', () => {
  it.each([
    ['a limit of open files that is too low', 'host.open-files', { openFiles: 512 }],
    [
      'more connections than files',
      'host.open-files',
      { openFiles: 4096, yaml: { listen: { maxConnections: 20_000 } } },
    ],
    ['more memory than the machine has', 'host.memory', { yaml: { memory: { maxBytes: 2 ** 50 } } }],
    ['Redis that nothing listens for', 'redis', { env: { REDIS_URL: 'redis://127.0.0.1:9' } }],
    ['RabbitMQ that nothing listens for', 'rabbitmq', { env: { RABBITMQ_URL: 'amqp://127.0.0.1:9' } }],
    ['MongoDB that nothing listens for', 'mongodb', { env: { MONGODB_URI: 'mongodb://127.0.0.1:9/none' } }],
    ['more processes than Redis has connections', 'redis.connections', { args: ['--replicas=gateway=100000'] }],
    ['two workers on one folder of vectors', 'scale.vectors', { args: ['--replicas=document-worker=2'] }],
    [
      'changes of backends in the file of each gateway',
      'scale.overlay',
      { args: ['--replicas=gateway=2'], yaml: { web: { overlayStore: 'file' } } },
    ],
    ['a backend that is away', 'web.backends', { yaml: { web: { backends: [{ url: 'http://127.0.0.1:9' }] } } }],
    [
      'a name without addresses',
      'web.backends',
      { yaml: { web: { backends: [{ url: 'dns+http://no.invalid:80' }] } } },
    ],
    [
      'a model server that is away',
      'llm.backends',
      { yaml: { llm: { backends: [{ url: 'http://127.0.0.1:9/v1' }] } } },
    ],
    ['a setting that does not exist', 'configuration', { yaml: { webb: {} } }],
  ])('finds %s', async (_, check, changes: Run) => {
    const { code, bad } = await doctor(changes);
    expect(names(bad)).toContain(check);
    expect(bad.every(({ remedy }) => (remedy ?? '') !== '')).toBe(true);
    expect(code).toBe(bad.some(({ level }) => level === 'error') ? 1 : 0);
  });

  it.each([
    ['allkeys-lru', '64mb', 1],
    ['noeviction', '64mb', 0],
    ['volatile-lru', '0', 0],
  ])('finds maxmemory-policy %s with maxmemory %s in Redis', async (policy, maxmemory, expected) => {
    await configureRedis('maxmemory-policy', policy);
    await configureRedis('maxmemory', maxmemory);
    const { code, bad } = await doctor({});
    expect(names(bad)).toEqual(['redis.eviction']);
    expect(code).toBe(expected);
  });

  it('finds a disk alarm of RabbitMQ', async () => {
    await rabbitmq.control('set_disk_free_limit', '1000GB');
    const { code, bad } = await doctor({});
    await rabbitmq.control('set_disk_free_limit', '50MB');
    expect(names(bad)).toEqual(['rabbitmq.alarms']);
    expect(code).toBe(1);
  });

  it('finds a policy of RabbitMQ that deletes messages', async () => {
    const queue = (name: string, policy: string | null, definition: object) => ({
      name,
      policy,
      effective_policy_definition: definition,
    });
    const queues = [
      queue('chat_queue', 'short', { 'message-ttl': 1000 }),
      queue('notification_queue', null, {}),
      queue('others', 'others', { 'max-length': 10 }),
    ];
    const plugin = createServer((request, response) =>
      response.writeHead(request.url?.startsWith('/api/queues/%2F?') ? 200 : 404).end(JSON.stringify(queues)),
    );
    await new Promise<void>((resolve) => plugin.listen(0, '127.0.0.1', resolve));
    const { port } = plugin.address() as AddressInfo;
    const { code, bad } = await doctor({ args: [`--rabbitmq-management=http://guest:guest@127.0.0.1:${port}`] });
    plugin.close();
    expect(names(bad)).toEqual(['rabbitmq.policies']);
    expect(bad.find(({ check }) => check === 'rabbitmq.policies')?.text).toMatch(/policy short .*message-ttl/);
    expect(code).toBe(1);
  });
});

it('reads settings of Open WebUI from files', async () => {
  await writeFile(join(folder, 'first.env'), 'WEBUI_SECRET_KEY=one\n');
  await writeFile(join(folder, 'second.env'), 'WEBUI_SECRET_KEY=two\n');
  const { code, bad } = await doctor({ args: ['--open-webui=first.env,second.env'] });
  expect(names(bad)).toEqual(expect.arrayContaining(['open-webui.secret-key', 'open-webui.migrations']));
  expect(code).toBe(1);
});

it('exits with 1 and a reason if it does not understand an option', async () => {
  await writeFile(join(folder, 'slipstream.yaml'), '');
  const { code } = await run(process.execPath, [DOCTOR, '--replicas=gateways=2'], {});
  expect(code).toBe(1);
});
