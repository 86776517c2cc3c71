import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isRunning } from '../processes.mjs';
import { endLeftovers, readInstance, startInstance } from './instance.mjs';

const SERVER = `require('node:net').createServer((socket) => socket.end()).listen(Number(process.argv[1]), '127.0.0.1')`;

describe('startInstance', () => {
  it('resolves when the instance answers, and stop ends it', async () => {
    const { start, dataDir } = newInstance();
    const instance = await start(SERVER);
    const [record] = readInstance(dataDir)?.processes ?? [];
    expect(isRunning(record)).toBe(true);
    await instance.stop();
    expect(isRunning(record)).toBe(false);
  });

  it('ends what a killed run left behind, and takes its port again', async () => {
    const { start, dataDir } = newInstance();
    const first = await start(SERVER);
    const [record] = readInstance(dataDir)?.processes ?? [];
    await endLeftovers(dataDir);
    expect(isRunning(record)).toBe(false);
    const second = await start(SERVER);
    expect(second.ports).toEqual(first.ports);
  });

  it('says why an instance ended at start', async () => {
    const { start } = newInstance();
    await expect(start(`console.error('no room on disk'); process.exit(1)`)).rejects.toThrow('it ended at start; its log ends: no room on disk');
  });

  it('says when a binary cannot be run', async () => {
    const { start } = newInstance();
    await expect(start(SERVER, '/nowhere/server')).rejects.toMatchObject({ name: 'Unavailable' });
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
      plan: ({ home, ports }: { home: string; ports: number[] }) => [{ command, args: ['-e', script, String(ports[0]), home], mark: home }],
      ready: ([port]: number[]) => connects(port ?? 0),
    });
  return { dataDir, start };
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
