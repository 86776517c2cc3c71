import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { sightingOf } from './process-sighting.mjs';
import { carriesMark, endProcess, isRunning, recordOf, signalGroup, signalProcess } from './processes.mjs';

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

  it.each(['', ' ', undefined])('is false for the empty mark %j', (mark) => {
    expect(carriesMark('node /a/mongodb  --empty= ', mark as string)).toBe(false);
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
});

describe('a signal', () => {
  it('goes to the group that the process leads, or to the process alone', async () => {
    const { record } = await startChild('ours', '');
    const send = vi.fn();
    expect([signalGroup(record, 'SIGTERM', send), signalProcess(record, 'SIGINT', send)]).toEqual([true, true]);
    expect(send.mock.calls).toEqual([
      [-record.pid, 'SIGTERM'],
      [record.pid, 'SIGINT'],
    ]);
  });

  /**
   * What a file may hold that was damaged, edited or kept for too long. Each is tried with the true start time and mark
   * of the pid, where there are any.
   */
  const DANGEROUS = [
    1,
    0,
    -0,
    -1,
    -2,
    -process.pid,
    process.pid,
    process.ppid,
    1.5,
    Number.NaN,
    Infinity,
    2 ** 31,
    2 ** 53,
    '2',
    '1',
    '',
    null,
    undefined,
    [2],
    {},
    true,
  ];
  it.each(DANGEROUS)('is never sent to pid %j', async (pid) => {
    const seen = sightingOf(pid as number) ?? sightingOf(process.pid)!;
    const marks = ['', ' ', '/', seen.commandLine, process.execPath, undefined, null, 7];
    const send = vi.fn();
    for (const mark of marks) {
      for (const startedAt of [seen.startedAt, '', undefined]) {
        const record = { pid, mark, startedAt } as Parameters<typeof signalGroup>[0];
        signalGroup(record, 'SIGTERM', send);
        signalProcess(record, 'SIGTERM', send);
        await endProcess(record, { graceMs: 1, send });
      }
    }
    expect(send).not.toHaveBeenCalled();
  });

  it.each([null, undefined, 7, 'text', [], {}])('is never sent for the record %j', async (record) => {
    const send = vi.fn();
    signalGroup(record as never, 'SIGTERM', send);
    signalProcess(record as never, 'SIGTERM', send);
    expect(send).not.toHaveBeenCalled();
  });

  it('is not sent to another process that has the pid by now', async () => {
    const { record } = await startChild('someone-else', '');
    const send = vi.fn();
    for (const other of [
      { mark: 'ours' },
      { mark: '' },
      { startedAt: 'earlier' },
      { startedAt: '' },
      { startedAt: undefined },
    ]) {
      const stale = { ...record, ...other } as typeof record;
      expect(isRunning(stale)).toBe(false);
      signalGroup(stale, 'SIGTERM', send);
      signalProcess(stale, 'SIGTERM', send);
    }
    expect(send).not.toHaveBeenCalled();
  });

  it('is not sent to the group of a process that leads none', async () => {
    const { record } = await startChild('follower', '', { detached: false });
    const send = vi.fn();
    expect(signalGroup(record, 'SIGTERM', send)).toBe(false);
    expect(send).not.toHaveBeenCalled();
  });
});

/** A process, by default with a group of its own, that says when it has begun. */
async function startChild(mark: string, preparation: string, { detached = true } = {}) {
  const script = `${preparation} setInterval(() => {}, 1000); console.log('begun');`;
  const child = spawn(process.execPath, ['-e', script, mark], { detached, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return { child, ended, record: recordOf(child.pid, mark)! };
}
