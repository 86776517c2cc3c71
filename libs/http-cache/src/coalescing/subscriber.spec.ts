import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWaiting } from '../testing/waiting.js';
import { BodyBudget } from './body-budget.js';
import { HeldBodies } from './held-bodies.js';
import { Subscriber } from './subscriber.js';

describe('Subscriber', () => {
  let waiting: FakeWaiting;
  let subscriber: Subscriber;
  const onLeft = vi.fn();
  const held = new HeldBodies(new BodyBudget(1_000));

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onLeft.mockClear();
    waiting = new FakeWaiting();
    subscriber = new Subscriber(waiting, onLeft);
  });
  afterEach(() => void vi.useRealTimers());

  it('gives an answer piece by piece', async () => {
    subscriber.begin(200, ['X', '1'], true);
    subscriber.flush();
    subscriber.write(Buffer.from('a'));
    subscriber.write(Buffer.from('b'));
    subscriber.complete();
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
    subscriber.answer({ statusCode: 404, headers: [], body: Buffer.from('none') }, false, held);
    await waiting.response.ended;
    expect([waiting.response.text, waiting.told]).toEqual(['none', ['head 404', 'done']]);
  });

  it.each([
    ['released', () => subscriber.release(), ['retry']],
    ['failed', () => subscriber.fail('away'), ['failed: away']],
    ['broken off', () => subscriber.breakOff(), ['done']],
    ['gone', () => waiting.response.destroy(), ['done']],
  ])('has done with a client that is %s, once', (_, end, told) => {
    end();
    subscriber.release();
    subscriber.fail('late');
    subscriber.write(Buffer.from('late'));
    subscriber.complete();
    subscriber.answer({ statusCode: 200, headers: [] }, true, held);
    expect([
      waiting.told,
      waiting.response.text,
      waiting.response.statusCode,
      waiting.response.listenerCount('close'),
    ]).toEqual([told, '', undefined, 0]);
  });

  it('tells of a client that leaves, and not of one that was broken off', () => {
    waiting.response.destroy();
    expect(onLeft).toHaveBeenCalledExactlyOnceWith(subscriber);
    const other = new FakeWaiting();
    new Subscriber(other, onLeft).breakOff();
    expect([other.response.destroyed, onLeft.mock.calls.length]).toEqual([true, 1]);
  });

  it('fails with fields that can’t be sent', () => {
    expect(subscriber.begin(200, ['X', 'can’t be sent'], true)).toBe(false);
    expect([waiting.told[1], onLeft.mock.calls.length]).toEqual([
      'failed: TypeError: Invalid character in header content',
      1,
    ]);
  });

  it('calls back once when a slow client takes more, however often it was asked', () => {
    const onDrained = vi.fn();
    waiting.response.isSlow = true;
    for (let i = 0; i < 3; i++) {
      subscriber.write(Buffer.from('a'));
      subscriber.whenDrained(1_000, onDrained);
    }
    expect([subscriber.needsDrain, waiting.response.listenerCount('drain')]).toEqual([true, 1]);
    waiting.response.drain();
    vi.advanceTimersByTime(2_000);
    expect([onDrained.mock.calls.length, waiting.response.destroyed, subscriber.needsDrain]).toEqual([1, false, false]);
  });

  it('breaks off a client that holds up others too long, and lets one that is alone take its time', () => {
    subscriber.whenDrained(1_000, () => {});
    vi.advanceTimersByTime(1_000);
    expect([waiting.response.destroyed, onLeft.mock.calls.length, waiting.told]).toEqual([true, 1, ['done']]);
    const alone = new FakeWaiting();
    new Subscriber(alone, onLeft).whenDrained(undefined, () => {});
    vi.advanceTimersByTime(100_000);
    expect(alone.response.destroyed).toBe(false);
  });
});
