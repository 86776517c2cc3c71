import { EventEmitter } from 'node:events';
import type { Channel, ChannelModel } from 'amqplib';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AmqpConnection } from './amqp.connection.js';
import { RecoveringChannel } from './recovering-channel.js';

const pauses: number[] = [];
const HOUR_MS = 3_600_000;

beforeEach(() => {
  pauses.length = 0;
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
});
afterEach(() => void vi.useRealTimers());

/** A channel that is open, and what closes it: resolves when the next one is open. */
function recovering() {
  const connection = { whenConnected: async () => ({}) as ChannelModel } as unknown as AmqpConnection;
  const opened = new EventEmitter();
  const sut = new RecoveringChannel<Channel>({
    connection,
    purpose: 'test',
    open: async () => Object.assign(new EventEmitter(), { close: async () => undefined }) as unknown as Channel,
    setUp: async () => undefined,
    onOpen: () => void opened.emit('open'),
    logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    delay: async (ms) => void pauses.push(ms),
  });
  const isOpen = () => new Promise<void>((resolve) => opened.once('open', resolve));
  const reopened = async (): Promise<void> => {
    const next = isOpen();
    sut.current?.emit('close');
    await next;
  };
  return { sut, isOpen, reopened };
}

it.each([-HOUR_MS, 0, HOUR_MS])(
  'pauses briefly again after a channel that lived for 10 s, and only then, when the wall clock was set by %i ms',
  async (jumpMs) => {
    const { sut, isOpen, reopened } = recovering();
    await isOpen();
    const live = async (ms: number) => {
      vi.setSystemTime(Date.now() + jumpMs);
      vi.advanceTimersByTime(ms);
      await reopened();
    };
    for (const ms of [0, 0, 9_999, 10_000, 0]) await live(ms);
    expect(pauses).toEqual([100, 200, 400, 100, 100]);
    const closed = sut.close();
    sut.current?.emit('close');
    await closed;
  },
);
