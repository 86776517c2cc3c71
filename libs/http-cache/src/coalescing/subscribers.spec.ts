import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWaiting } from '../testing/waiting.js';
import { Subscribers } from './subscribers.js';
import { Subscriber } from './subscriber.js';

describe('Subscribers', () => {
  let listeners: Subscribers;
  let waiting: [FakeWaiting, FakeWaiting];
  let subscribers: Subscriber[];
  const onWritable = vi.fn();

  beforeEach(() => {
    onWritable.mockClear();
    listeners = new Subscribers(1_000, onWritable);
    waiting = [new FakeWaiting(), new FakeWaiting()];
    subscribers = waiting.map((each) => new Subscriber(each, (left) => listeners.delete(left)));
    for (const subscriber of subscribers) listeners.add(subscriber);
  });

  it('writes to all', () => {
    listeners.flush();
    listeners.write(Buffer.from('a'));
    expect(waiting.map(({ response }) => [response.text, response.isFlushed])).toEqual([
      ['a', true],
      ['a', true],
    ]);
  });

  it('is writable when the slowest is', () => {
    expect(listeners.isWritable()).toBe(true);
    for (const { response } of waiting) response.isSlow = true;
    listeners.write(Buffer.from('a'));
    expect(listeners.isWritable()).toBe(false);
    waiting[0].response.drain();
    expect(onWritable).not.toHaveBeenCalled();
    waiting[1].response.drain();
    expect(onWritable).toHaveBeenCalledOnce();
  });

  it('waits no more for a slow one that has left', () => {
    waiting[1].response.isSlow = true;
    listeners.write(Buffer.from('a'));
    listeners.isWritable();
    waiting[1].response.destroy();
    expect([onWritable.mock.calls.length, listeners.all()]).toEqual([1, [subscribers[0]]]);
  });

  it('gives the slow one its time when it is alone', () => {
    vi.useFakeTimers();
    try {
      waiting[0].response.destroy();
      waiting[1].response.isSlow = true;
      listeners.write(Buffer.from('a'));
      listeners.isWritable();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('dismisses all', () =>
    expect([listeners.dismiss(), listeners.isEmpty, listeners.all()]).toEqual([subscribers, true, []]));
});
