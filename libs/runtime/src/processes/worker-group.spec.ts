import type { Worker } from 'node:cluster';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { IpcMessage } from './ipc-message.js';
import { WorkerGroup } from './worker-group.js';

/** A process of a group, and its supervisor's end of the channel, which is as quick as the test is. */
function newGroup() {
  const on = vi.spyOn(process, 'on').mockReturnThis();
  onTestFinished(() => on.mockRestore());
  const sent: IpcMessage[] = [];
  const worker = { id: 2, isConnected: () => true, send: (message: IpcMessage) => void sent.push(message) };
  const sut = new WorkerGroup(worker as unknown as Worker);
  const receive = on.mock.calls.find(([event]) => event === 'message')![1] as (message: IpcMessage) => void;
  return { sut, sent, receive };
}

it('gives what all have said', async () => {
  const { sut, sent, receive } = newGroup();
  const gather = sut.gather('outage');
  expect(sent).toEqual([{ slipstream: 'gather-wanted', id: 1, topic: 'outage' }]);
  receive({ slipstream: 'gather-done', id: 1, answers: ['rain', 'sun'], size: 3, silent: 1 });
  expect(await gather).toMatchObject({ answers: ['rain', 'sun'], size: 3 });
});

it('gives what this process knows when nobody answered in time, itself included', async () => {
  const { sut, receive } = newGroup();
  sut.onGather('outage', () => ['fog']);
  const gather = sut.gather('outage');
  receive({ slipstream: 'gather-done', id: 1, answers: [], size: 3, silent: 3 });
  expect(await gather).toEqual({ answers: [['fog']], size: 3, silent: 3 });
});

it('gives what this process knows when the supervisor says nothing', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { sut } = newGroup();
  sut.onGather('outage', () => ['fog']);
  const gather = sut.gather('outage');
  await vi.runAllTimersAsync();
  expect(await gather).toEqual({ answers: [['fog']], size: 1, silent: 0, isOwnOnly: true });
});

it('asks once for all who want to know the same, and again when that was answered', async () => {
  const { sut, sent, receive } = newGroup();
  const all = [sut.gather('outage'), sut.gather('outage'), sut.gather('time')];
  receive({ slipstream: 'gather-done', id: 1, answers: ['rain'], size: 2, silent: 1 });
  receive({ slipstream: 'gather-done', id: 2, answers: ['noon'], size: 2, silent: 1 });
  expect((await Promise.all(all)).map(({ answers }) => answers)).toEqual([['rain'], ['rain'], ['noon']]);
  void sut.gather('outage');
  expect(sent).toMatchObject([{ topic: 'outage' }, { topic: 'time' }, { topic: 'outage' }]);
});

it('has room for what is told to all, however many ask and however slow the supervisor is', () => {
  const { sut, sent } = newGroup();
  for (let n = 0; n < 5000; n++) void sut.gather('outage');
  sut.bus.publish('purges', { what: 'all of it' });
  expect(sent.at(-1)).toEqual({ slipstream: 'broadcast', topic: 'purges', message: { what: 'all of it' } });
});
