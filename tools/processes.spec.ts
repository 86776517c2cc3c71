import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { carriesMark, endProcess, isRunning } from './processes.mjs';

describe('carriesMark', () => {
  it.each([
    { commandLine: 'secantusd-rs\0--storage-path\0/a/mongodb\0', carries: true },
    { commandLine: 'mongod --dbpath=/a/mongodb', carries: true },
    { commandLine: 'beam.smp -pid /a/mongodb/node.pid', carries: true },
    { commandLine: 'mongod --dbpath /a/mongodb2', carries: false },
    { commandLine: 'mongod --dbpath /b/a/mongodb', carries: false },
    { commandLine: 'vim notes.txt', carries: false },
    { commandLine: '', carries: false },
  ])('is $carries for "$commandLine"', ({ commandLine, carries }) => {
    expect(carriesMark(commandLine, '/a/mongodb')).toBe(carries);
  });

  it('takes several words as one mark', () => {
    expect(carriesMark('epmd\0-port\x004369\0-address\x00127.0.0.1\0', '-port 4369 -address 127.0.0.1')).toBe(true);
    expect(carriesMark('epmd\0-port\x0043690\0-address\x00127.0.0.1\0', '-port 4369')).toBe(false);
  });
});

describe('endProcess', () => {
  it('ends a process that goes when it is asked to', async () => {
    const { record, ended } = await startChild('marked-and-polite', '');
    await endProcess(record);
    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  it('kills one that does not go', async () => {
    const { record, ended } = await startChild('marked-and-deaf', `process.on('SIGTERM', () => {});`);
    await endProcess(record, { graceMs: 100 });
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  it('leaves a stranger alone who was given the pid of ours', async () => {
    const { record, child } = await startChild('someone-else', '');
    await endProcess({ pid: record.pid, mark: 'ours' });
    expect(isRunning(record)).toBe(true);
    expect(child.exitCode).toBeNull();
  });
});

/** A process group of its own that says when it has begun. */
async function startChild(mark: string, preparation: string) {
  const script = `${preparation} setInterval(() => {}, 1000); console.log('begun');`;
  const child = spawn(process.execPath, ['-e', script, mark], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return { child, ended, record: { pid: child.pid, mark } };
}
