import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWaiting } from '../testing/waiting.js';
import { Audience } from './audience.js';
import { Reader } from './reader.js';

describe('Audience', () => {
  let audience: Audience;
  let waiting: [FakeWaiting, FakeWaiting];
  let readers: Reader[];
  const onWritable = vi.fn();

  beforeEach(() => {
    onWritable.mockClear();
    audience = new Audience(1_000, onWritable);
    waiting = [new FakeWaiting(), new FakeWaiting()];
    readers = waiting.map((each) => new Reader(each, (left) => audience.delete(left)));
    for (const reader of readers) audience.add(reader);
  });

  it('writes to all', () => {
    audience.write(Buffer.from('a'));
    audience.flush();
    expect(waiting.map(({ response }) => [response.text, response.isFlushed])).toEqual([
      ['a', true],
      ['a', true],
    ]);
  });

  it('is writable when the slowest is', () => {
    expect(audience.isWritable()).toBe(true);
    for (const { response } of waiting) response.isSlow = true;
    audience.write(Buffer.from('a'));
    expect(audience.isWritable()).toBe(false);
    waiting[0].response.drain();
    expect(onWritable).not.toHaveBeenCalled();
    waiting[1].response.drain();
    expect(onWritable).toHaveBeenCalledOnce();
  });

  it('waits no more for a slow one that has left', () => {
    waiting[1].response.isSlow = true;
    audience.write(Buffer.from('a'));
    audience.isWritable();
    waiting[1].response.destroy();
    expect([onWritable.mock.calls.length, audience.all()]).toEqual([1, [readers[0]]]);
  });

  it('gives the slow one its time when it is alone', () => {
    vi.useFakeTimers();
    try {
      waiting[0].response.destroy();
      waiting[1].response.isSlow = true;
      audience.write(Buffer.from('a'));
      audience.isWritable();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('dismisses all', () =>
    expect([audience.dismiss(), audience.isEmpty, audience.all()]).toEqual([readers, true, []]));
});
