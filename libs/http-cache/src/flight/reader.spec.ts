import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWaiting } from '../testing/waiting.js';
import { BodyBudget } from './body-budget.js';
import { HeldBodies } from './held-bodies.js';
import { Reader } from './reader.js';

describe('Reader', () => {
  let waiting: FakeWaiting;
  let reader: Reader;
  const onLeft = vi.fn();
  const held = new HeldBodies(new BodyBudget(1_000));

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onLeft.mockClear();
    waiting = new FakeWaiting();
    reader = new Reader(waiting, onLeft);
  });
  afterEach(() => void vi.useRealTimers());

  it('gives an answer piece by piece', async () => {
    reader.begin(200, ['X', '1'], true);
    reader.write(Buffer.from('a'));
    reader.flush();
    reader.write(Buffer.from('b'));
    reader.complete();
    await waiting.response.ended;
    expect(waiting.response).toMatchObject({
      statusCode: 200,
      headers: ['X', '1', 'X-Request-Id', '1'],
      text: 'ab',
      isFlushed: true,
    });
    expect(waiting.told).toEqual(['head 200 shared', 'done']);
  });

  it('gives a whole answer', async () => {
    reader.answer({ statusCode: 404, headers: [], body: Buffer.from('none') }, false, held);
    await waiting.response.ended;
    expect([waiting.response.text, waiting.told]).toEqual(['none', ['head 404', 'done']]);
  });

  it.each([
    ['released', () => reader.release(), ['retry']],
    ['failed', () => reader.fail('away'), ['failed: away']],
    ['broken off', () => reader.breakOff(), ['done']],
    ['gone', () => waiting.response.destroy(), ['done']],
  ])('has done with a client that is %s, once', (_, end, told) => {
    end();
    reader.release();
    reader.fail('late');
    reader.write(Buffer.from('late'));
    reader.complete();
    reader.answer({ statusCode: 200, headers: [] }, true, held);
    expect([
      waiting.told,
      waiting.response.text,
      waiting.response.statusCode,
      waiting.response.listenerCount('close'),
    ]).toEqual([told, '', undefined, 0]);
  });

  it('tells of a client that leaves, and not of one that was broken off', () => {
    waiting.response.destroy();
    expect(onLeft).toHaveBeenCalledExactlyOnceWith(reader);
    const other = new FakeWaiting();
    new Reader(other, onLeft).breakOff();
    expect([other.response.destroyed, onLeft.mock.calls.length]).toEqual([true, 1]);
  });

  it('fails with fields that can’t be sent', () => {
    expect(reader.begin(200, ['X', 'can’t be sent'], true)).toBe(false);
    expect([waiting.told[1], onLeft.mock.calls.length]).toEqual([
      'failed: TypeError: Invalid character in header content',
      1,
    ]);
  });

  it('calls back once when a slow client takes more, however often it was asked', () => {
    const onDrained = vi.fn();
    waiting.response.isSlow = true;
    for (let i = 0; i < 3; i++) {
      reader.write(Buffer.from('a'));
      reader.whenDrained(1_000, onDrained);
    }
    expect([reader.needsDrain, waiting.response.listenerCount('drain')]).toEqual([true, 1]);
    waiting.response.drain();
    vi.advanceTimersByTime(2_000);
    expect([onDrained.mock.calls.length, waiting.response.destroyed, reader.needsDrain]).toEqual([1, false, false]);
  });

  it('breaks off a client that holds up others too long, and lets one that is alone take its time', () => {
    reader.whenDrained(1_000, () => {});
    vi.advanceTimersByTime(1_000);
    expect([waiting.response.destroyed, onLeft.mock.calls.length, waiting.told]).toEqual([true, 1, ['done']]);
    const alone = new FakeWaiting();
    new Reader(alone, onLeft).whenDrained(undefined, () => {});
    vi.advanceTimersByTime(100_000);
    expect(alone.response.destroyed).toBe(false);
  });
});
