import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isRunning, recordOf } from '../processes.mjs';
import { readInstance, writeInstance } from './instance-record.mjs';
import { endLeftovers, startInstance } from './instance.mjs';
import { freePort } from './ports.mjs';

const SERVER =
  `require('node:net').createServer((socket) => socket.end()).listen(Number(process.argv[1]), ` + `'127.0.0.1')`;

describe('startInstance', () => {
  it('resolves when the instance answers, and stop ends it', async () => {
    const { start, dataDir } = newInstance();
    const instance = await start(SERVER);
    const record = readInstance(dataDir)!.processes[0]!;
    expect(isRunning(record)).toBe(true);
    await instance.stop();
    expect(isRunning(record)).toBe(false);
  });

  it('ends what a killed run left behind, and takes its port again', async () => {
    const { start, dataDir } = newInstance();
    const port = await unsharedPort();
    writeInstance(dataDir, { candidate: 'toy', ports: [port], processes: [] });
    const first = await start(SERVER);
    expect(first.ports).toEqual([port]);
    const record = readInstance(dataDir)!.processes[0]!;
    await endLeftovers(dataDir);
    expect(isRunning(record)).toBe(false);
    const second = await start(SERVER);
    expect(second.ports).toEqual([port]);
  });

  it('says why an instance ended at start', async () => {
    const { start } = newInstance();
    await expect(start(`console.error('no room on disk'); process.exit(1)`)).rejects.toThrow(
      'it ended at start; its log ends: no room on disk',
    );
  });

  it('says when a binary cannot be run', async () => {
    const { start } = newInstance();
    await expect(start(SERVER, '/nowhere/server')).rejects.toMatchObject({ name: 'Unavailable' });
  });
});

describe('a damaged instance.json', () => {
  const own = recordOf(process.pid, process.execPath)!;
  const withProcess = (process: unknown) => JSON.stringify({ candidate: 'toy', ports: [1], processes: [process] });
  const asFile = (content: string) => (file: string) => writeFileSync(file, content);
  const PROCESSES = [
    ...[1, 0, -1, 1.5, null, '7'].map((pid) => ({ ...own, pid })),
    ...['', ' ', null, undefined].flatMap((text) => [
      { ...own, mark: text },
      { ...own, startedAt: text },
    ]),
    { pid: own.pid, mark: own.mark }, // of an earlier version
    null,
    [],
    7,
  ];

  it.each<[string, (file: string) => void]>([
    ...PROCESSES.map((process): [string, (file: string) => void] => [
      JSON.stringify(process),
      asFile(withProcess(process)),
    ]),
    ['half a file', asFile('{"candidate":"toy","por')],
    ['no object', asFile('[1]')],
    ['nothing', asFile('')],
    ['null', asFile('null')],
    ['ports that are none', asFile('{"candidate":"toy","ports":[0,"8080"],"processes":[]}')],
    ['a path as candidate', asFile('{"candidate":"../../etc","ports":[],"processes":[]}')],
    ['a folder', (file) => mkdirSync(file)],
    ['a FIFO', (file) => execFileSync('mkfifo', [file])],
  ])('is set aside with a warning, and nothing is signalled: %s', async (_, spoil) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'slipstream-instance-'));
    onTestFinished(() => rmSync(dataDir, { recursive: true }));
    spoil(join(dataDir, 'instance.json'));
    const send = vi.fn();
    const log = vi.fn();
    await endLeftovers(dataDir, { send, log });
    expect(send).not.toHaveBeenCalled();
    expect(log.mock.calls).toEqual([[expect.stringContaining('instance.json is damaged')]]);
    expect(readdirSync(dataDir)).toEqual([expect.stringMatching(/^instance\.json\.damaged-/)]);
    await endLeftovers(dataDir, { send, log });
    expect(log).toHaveBeenCalledTimes(1);
  });

  it('whole, but with a process that is another by now, signals nothing', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'slipstream-instance-'));
    onTestFinished(() => rmSync(dataDir, { recursive: true }));
    writeFileSync(join(dataDir, 'instance.json'), withProcess({ ...own, startedAt: 'earlier' }));
    const send = vi.fn();
    await endLeftovers(dataDir, { send, log: () => {} });
    expect(send).not.toHaveBeenCalled();
  });
});

function newInstance() {
  const dataDir = mkdtempSync(join(tmpdir(), 'slipstream-instance-'));
  onTestFinished(async () => {
    await endLeftovers(dataDir);
    rmSync(dataDir, { recursive: true });
  });
  const start = (script: string, command = process.execPath) =>
    startInstance({
      candidate: 'toy',
      dataDir,
      portCount: 1,
      plan: ({ home, ports }: { home: string; ports: number[] }) => [
        { command, args: ['-e', script, String(ports[0]), home], mark: home },
      ],
      ready: ([port]: number[]) => connects(port ?? 0),
    });
  return { dataDir, start };
}

/**
 * A free port that the system gives to no other process: below the ranges for port 0 of Linux (from 32,768), macOS and
 * Windows (from 49,152).
 */
async function unsharedPort(): Promise<number> {
  const wanted = randomInt(20_000, 32_000);
  const port = await freePort(wanted);
  return port === wanted ? port : unsharedPort();
}

function connects(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' }, () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
