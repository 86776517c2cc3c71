import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { recordOf, signalProcess } from './processes.mjs';
import { startService, type ServiceProcess, type SpawnLimits } from './process.js';

const AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};
const MIB = 1024 * 1024;

let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heap-bounds-'));
  config = join(folder, 'slipstream.yaml');
  await writeFile(config, JSON.stringify({ memory: { maxBytes: 512 * MIB } }));
});
afterAll(() => rm(folder, { recursive: true }));

async function start(name: string, env: NodeJS.ProcessEnv = {}, limits?: SpawnLimits): Promise<ServiceProcess> {
  const service = await startService(name, { ...AWAY, SLIPSTREAM_CONFIG: config, ...env }, limits);
  onTestFinished(() => void service.stop('SIGKILL'));
  return service;
}

/** The options of Node that a process runs with. */
async function optionsOf(pid: number | undefined): Promise<string[]> {
  const [, ...words] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  return words.filter((word) => word.startsWith('--'));
}

it.each([
  ['gateway', 230, 16],
  ['standalone', 230, 16],
  ['chat-worker', 230, 4],
  ['document-worker', 128, 4],
  ['notification-worker', 230, 4],
])('a %s that is started without options bounds its heap by memory.maxBytes', async (name, oldMib, youngMib) => {
  const { child } = await start(name);
  expect(await optionsOf(child.pid)).toEqual([
    `--max-old-space-size=${oldMib}`,
    `--max-semi-space-size=${youngMib}`,
    `--min-semi-space-size=${youngMib}`,
  ]);
});

it('each process of a gateway has its part, and so has one that takes the place of another', async () => {
  const gateway = await start('gateway', { PROCESSES: '2' });
  const pids = () => new Set(gateway.logs.filter(({ msg }) => msg === 'gateway is up').map(({ pid }) => Number(pid)));
  await vi.waitFor(() => expect(pids().size).toBe(2), { timeout: 60_000 });
  const [killed] = pids();
  signalProcess(recordOf(killed!, process.execPath)!, 'SIGKILL');
  await vi.waitFor(() => expect(pids().size).toBe(3), { timeout: 60_000 });
  // the least that a process gets, whatever its part
  for (const pid of pids()) if (pid !== killed) expect(await optionsOf(pid)).toContain('--max-old-space-size=128');
});

it.each([
  ['its command', { nodeOptions: ['--max-old-space-size=300'] }, {}, ['--max-old-space-size=300']],
  ['NODE_OPTIONS', {}, { NODE_OPTIONS: '--max-old-space-size=300' }, []],
])('a bound that %s sets is kept', async (_, limits, env, expected) => {
  const { child } = await start('gateway', env, limits);
  expect(await optionsOf(child.pid)).toEqual(expected);
});

it('a debugged process is not replaced', async () => {
  const { child } = await start('gateway', {}, { nodeOptions: ['--inspect=127.0.0.1:0'] });
  expect(await optionsOf(child.pid)).toEqual(['--inspect=127.0.0.1:0']);
});

it('other options are kept', async () => {
  const { child } = await start('gateway', {}, { nodeOptions: ['--enable-source-maps'] });
  expect(await optionsOf(child.pid)).toEqual([
    '--max-old-space-size=230',
    '--max-semi-space-size=16',
    '--min-semi-space-size=16',
    '--enable-source-maps',
  ]);
});

it.each([
  ['gateway', 150],
  ['standalone', 190],
])('a %s that has just started keeps at most %i MB resident', async (name, maxMb) => {
  const { child } = await start(name);
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'))!;
  expect((Number(kibibytes) * 1024) / 1e6).toBeLessThanOrEqual(maxMb);
});
