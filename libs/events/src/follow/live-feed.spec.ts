import { describe, expect, it } from 'vitest';
import { delta } from '../testing/events-contract.js';
import { LiveFeed } from './live-feed.js';

const batch = (sequence: number, bytes = 1) => ({ entries: [delta(1, sequence)], bytes });
const signal = new AbortController().signal;

describe('LiveFeed', () => {
  it('begins with a gap, and takes nothing until it is taken', () => {
    const feed = new LiveFeed({ maxEvents: 10, maxBytes: 10 });
    feed.push(batch(1));
    expect(feed.takeGap()).toBe(true);
    expect(feed.shift()).toBeUndefined();
    feed.push(batch(2));
    expect(feed.takeGap()).toBe(false);
    expect(feed.shift()).toEqual(batch(2));
  });

  it.each([
    ['events', { maxEvents: 2, maxBytes: 100 }],
    ['bytes', { maxEvents: 100, maxBytes: 2 }],
  ])('holds as many %s as allowed, and drops all for one more', (_, limits) => {
    const feed = new LiveFeed(limits);
    feed.takeGap();
    feed.push(batch(1));
    feed.push(batch(2));
    expect(feed.takeGap()).toBe(false);
    expect(feed.shift()).toEqual(batch(1));
    feed.push(batch(3));
    expect(feed.takeGap()).toBe(false);
    feed.push(batch(4));
    expect(feed.shift()).toBeUndefined();
    expect(feed.takeGap()).toBe(true);
  });

  it('wakes its reader for a batch, a gap and an abort', async () => {
    const feed = new LiveFeed({ maxEvents: 2, maxBytes: 2 });
    feed.takeGap();
    let changed = feed.changed(signal, 60_000);
    feed.push(batch(1));
    await changed;
    feed.shift();
    changed = feed.changed(signal, 60_000);
    feed.markGap();
    await changed;
    feed.takeGap();
    const ending = new AbortController();
    changed = feed.changed(ending.signal, 60_000);
    ending.abort();
    await changed;
    await feed.changed(signal, 1);
  });
});
