import { describe, expect, it, vi } from 'vitest';
import { closingEvents, type JobDocument } from '@slipstream/chats';
import { DependencyUnavailableError, type EventId, type LoggedEvent } from '@slipstream/contracts';
import { createEvents, type EventLog, type StoredEvent } from '@slipstream/events';
import { QUIET, type StreamItem } from './streams/event-stream.js';
import { followedTurn } from './followed-jobs.js';
import { JobEvents } from './job-events.js';

const at = new Date(0);
const open: JobDocument = {
  _id: 'j',
  kind: 'chat',
  chatId: 'c',
  userId: 'u',
  ordinal: 1,
  question: { messageId: 'q', content: 'hi' },
  answer: { messageId: 'a' },
  state: 'running',
  fence: 1,
  attempts: 1,
  claimableAt: at,
  wakeAt: at,
  createdAt: at,
  updatedAt: at,
};
const ended: JobDocument = {
  ...open,
  state: 'succeeded',
  finalEventId: '1-5',
  answer: { messageId: 'a', content: 'hello', state: 'complete', at },
};

const delta = (sequence: number, text: string): StoredEvent => ({
  id: { fence: 1, sequence },
  event: { type: 'message-delta', messageId: 'a', delta: text },
});
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Readers over an event log in memory; `job` is what the database says when it is asked. */
function sut({
  job = open,
  log = createEvents({ logger }).log,
  quietMs = 5,
}: { job?: JobDocument | null; log?: EventLog; quietMs?: number } = {}) {
  const find = vi.fn(async () => job && followedTurn(job));
  return { log, find, events: new JobEvents({ find }, log, quietMs) };
}

async function all(source: AsyncIterable<StreamItem>): Promise<LoggedEvent['type'][]> {
  const types: LoggedEvent['type'][] = [];
  for await (const item of source) if (item !== QUIET) types.push(item.event.type);
  return types;
}

const never = new AbortController().signal;
const read = (events: JobEvents, job: JobDocument, after?: EventId) =>
  all(events.read(followedTurn(job), after, never));

describe('JobEvents', () => {
  it('tells an open job as it happens, to the end', async () => {
    const { log, events } = sut();
    await log.append('j', [delta(1, 'he')]);
    const reading = read(events, open);
    await log.append('j', [delta(2, 'llo'), ...closingEvents(ended).slice(-1)]);
    expect(await reading).toEqual(['message-delta', 'message-delta', 'message-completed']);
  });

  it('tells the end from the database when the log never hears of it', async () => {
    const { log, events } = sut({ job: ended });
    await log.append('j', [delta(1, 'he')]);
    expect(await read(events, open)).toEqual(['message-delta', 'message-reset', 'message-delta', 'message-completed']);
  });

  it('replays an ended job from the log, exactly the rest', async () => {
    const { log, events } = sut();
    await log.append('j', [delta(1, 'he'), delta(2, 'llo'), ...closingEvents(ended).slice(-1)]);
    expect(await read(events, ended, { fence: 1, sequence: 1 })).toEqual(['message-delta', 'message-completed']);
  });

  it('tells an ended job from the database when its log is gone, or away', async () => {
    const whole = ['message-reset', 'message-delta', 'message-completed'];
    expect(await read(sut().events, ended)).toEqual(whole);
    const away: EventLog = Object.create(createEvents({ logger }).log, {
      read: { value: () => Promise.reject(new DependencyUnavailableError('redis')) },
    });
    expect(await read(sut({ log: away }).events, ended)).toEqual(whole);
    expect(await read(sut().events, ended, { fence: 1, sequence: 3 })).toEqual(['message-delta', 'message-completed']);
  });

  it.each<[string, Partial<Record<'follow' | 'read', PropertyDescriptor>>]>([
    ['quiet', {}],
    [
      'away',
      {
        follow: {
          value: () => ({
            [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new DependencyUnavailableError('redis')) }),
          }),
        },
      },
    ],
    [
      'silent',
      {
        follow: { value: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }) },
        read: { value: () => new Promise(() => undefined) },
      },
    ],
  ])('ends every subscriber of a job that was removed, the log being %s', async (_, faults) => {
    const real = createEvents({ logger }).log;
    const log: EventLog = Object.create(real, {
      follow: { value: real.follow.bind(real) },
      read: { value: real.read.bind(real) },
      ...faults,
    });
    const { events } = sut({ job: null, log });
    const ends = await Promise.all(Array.from({ length: 30 }, () => read(events, open)));
    expect(ends).toEqual(ends.map(() => ['cancelled']));
  });

  it('polls the database and follows the log once, however many subscribers a job has', async () => {
    const real = createEvents({ logger }).log;
    const follow = vi.fn(real.follow.bind(real));
    const { events, find } = sut({
      log: Object.create(real, { follow: { value: follow }, read: { value: real.read.bind(real) } }),
    });
    const subscribers = Array.from({ length: 300 }, () => events.read(followedTurn(open), undefined, never));
    for (let beat = 1; beat <= 3; beat += 1)
      expect(new Set(await Promise.all(subscribers.map(async (each) => (await each.next()).value)))).toEqual(
        new Set([QUIET]),
      );
    // A subscriber may have been late for a beat that the others took: a few polls more, not hundreds.
    expect(find.mock.calls.length).toBeLessThan(30);
    expect(follow).toHaveBeenCalledTimes(1);
    await Promise.all(subscribers.map((each) => each.return(undefined)));
  });

  it('gives each subscriber all events once and in order, wherever it begins and however slowly it reads', async () => {
    const { log, events } = sut({ quietMs: 60_000 });
    const texts = Array.from({ length: 400 }, (_, index) => delta(index + 1, 'x'.repeat(2_000)));
    const slow = events.read(followedTurn(open), undefined, never);
    const first = slow.next();
    await log.append('j', texts.slice(0, 1));
    expect((await first).value).toEqual(texts[0]);
    const quick = read(events, open, { fence: 1, sequence: 1 });
    for (let from = 1; from < texts.length; from += 50) await log.append('j', texts.slice(from, from + 50));
    const late = read(events, open);
    await log.append('j', [{ id: { fence: 2, sequence: 1 }, event: { type: 'cancelled' } }]);
    const types = (count: number) => [...Array.from({ length: count }, () => 'message-delta'), 'cancelled'];
    expect(await quick).toEqual(types(399));
    expect(await late).toEqual(types(400));
    expect(await all(slow)).toEqual(types(399));
  });

  it('keeps a quiet connection alive while the job is open', async () => {
    const { events } = sut();
    const source = events.read(followedTurn(open), undefined, never);
    expect((await source.next()).value).toBe(QUIET);
    await source.return(undefined);
  });

  it.each([
    ['the final event', false],
    ['a reader that leaves', true],
  ])('lets go of the log after %s', async (_, leaves) => {
    const released = Promise.withResolvers<void>();
    const real = createEvents({ logger }).log;
    const log: EventLog = Object.create(real, {
      follow: {
        value: async function* (...args: Parameters<EventLog['follow']>) {
          try {
            yield* real.follow(...args);
          } finally {
            released.resolve();
          }
        },
      },
    });
    await real.append('j', [delta(1, 'he'), ...(leaves ? [] : closingEvents(ended).slice(-1))]);
    const source = sut({ log }).events.read(followedTurn(open), undefined, never);
    await source.next();
    await (leaves ? source.return(undefined) : all(source));
    await released.promise;
  });

  it('knows who has seen everything', () => {
    expect(JobEvents.isPastEnd(followedTurn(ended), { fence: 1, sequence: 5 })).toBe(true);
    expect(JobEvents.isPastEnd(followedTurn(ended), { fence: 1, sequence: 4 })).toBe(false);
    expect(JobEvents.isPastEnd(followedTurn(ended), undefined)).toBe(false);
    expect(JobEvents.isPastEnd(followedTurn(open), { fence: 9, sequence: 9 })).toBe(false);
  });
});
