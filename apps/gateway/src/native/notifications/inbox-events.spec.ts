import { afterEach, expect, it, vi } from 'vitest';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { createEvents, inboxLogOf, type EventLog } from '@slipstream/events';
import type { InboxEntry } from '@slipstream/notifications';
import { createTelemetry } from '@slipstream/telemetry';
import { QUIET, type StreamItem } from '../streams/event-stream.js';
import { InboxEvents } from './inbox-events.js';

const { logger } = createTelemetry({ processName: 'test', level: 'silent' });
const NEVER_MS = 60_000;
const gone = new AbortController();
const logs: EventLog[] = [];
afterEach(async () => void (await Promise.all(logs.splice(0).map((log) => log.close()))));

/** An inbox in memory behind the reader, and a real event log. */
function sut({
  quietMs = NEVER_MS,
  ending = new AbortController(),
  log = createEvents({ logger }).log,
  people = ['ada'],
} = {}) {
  logs.push(log);
  const entries: InboxEntry[] = [];
  const notification = (sequence: number) => ({
    id: `n${sequence}`,
    kind: 'message',
    title: '',
    text: '',
    isRead: false,
    createdAt: '',
    updatedAt: '',
  });
  const after = vi.fn(async (_: string, place: number, limit: number) =>
    entries.filter(({ sequence }) => sequence > place).slice(0, limit),
  );
  const newestPlace = async () => entries.at(-1)?.sequence ?? 0;
  const users = { existing: async (ids: readonly string[]) => ids.filter((id) => people.includes(id)) };
  const events = new InboxEvents({ after, newestPlace }, users, log, ending.signal, quietMs);
  return {
    ending,
    after,
    resumeAfter: (sequence?: number) =>
      events.resumeAfter('ada', sequence === undefined ? undefined : { fence: 1, sequence }),
    log,
    store: (sequence: number) => void entries.push({ sequence, notification: notification(sequence) }),
    announce: (sequence: number) =>
      log.append(inboxLogOf('ada', sequence), [
        { id: { fence: 1, sequence }, event: { type: 'notification', notification: notification(sequence) } },
      ]),
    read: (place = 0) => events.read('ada', place, gone.signal),
  };
}

const placeOf = ({ value }: IteratorResult<StreamItem>) => (value === QUIET ? 'quiet' : value?.id.sequence);

it('tells what is stored, then what is announced, from one log into the next', async () => {
  const { store, announce, read, log } = sut();
  const follow = vi.spyOn(log, 'follow');
  for (let place = 1; place <= 98; place++) store(place);
  const reader = read(97);
  expect(placeOf(await reader.next())).toBe(98);
  for (let place = 99; place <= 102; place++) {
    const next = reader.next();
    // From here on only the announcement can tell it.
    await vi.waitFor(() => expect(follow).toHaveBeenCalledTimes(place - 98));
    store(place);
    await announce(place);
    expect(placeOf(await next)).toBe(place);
  }
  await reader.return(undefined);
});

it('tells in the order of the inbox what was announced out of order', async () => {
  const { store, announce, read } = sut();
  const reader = read();
  const next = reader.next();
  store(1);
  store(2);
  await announce(2);
  await announce(1).catch(() => undefined);
  expect([placeOf(await next), placeOf(await reader.next())]).toEqual([1, 2]);
  await reader.return(undefined);
});

it('finds after a while what nobody announced, the log being away or not', async () => {
  const away = {
    follow: () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new DependencyUnavailableError('redis')) }),
    }),
  };
  for (const log of [
    undefined,
    { ...createEvents({ logger }).log, ...away, close: async () => undefined } as EventLog,
  ]) {
    const { store, read } = sut({ quietMs: 20, ...(log && { log }) });
    const reader = read();
    expect(placeOf(await reader.next())).toBe('quiet');
    store(1);
    const seen = [placeOf(await reader.next()), placeOf(await reader.next())];
    expect(seen).toContain(1);
    await reader.return(undefined);
  }
});

it('ends when the process stops', async () => {
  const { ending, read } = sut();
  const next = read().next();
  ending.abort();
  expect((await next).done).toBe(true);
});

it('asks the database once for all subscribers of an inbox', async () => {
  const { after, store, announce, read } = sut();
  const subscribers = Array.from({ length: 100 }, () => read());
  const firsts = subscribers.map((each) => each.next());
  store(1);
  await announce(1);
  expect((await Promise.all(firsts)).map(placeOf)).toEqual(firsts.map(() => 1));
  const seconds = subscribers.map((each) => each.next());
  store(2);
  await announce(2);
  expect((await Promise.all(seconds)).map(placeOf)).toEqual(seconds.map(() => 2));
  expect(after.mock.calls.length).toBeLessThan(10);
  await Promise.all(subscribers.map((each) => each.return(undefined)));
});

it('ends the stream of a user who was removed', async () => {
  const { read } = sut({ quietMs: 20, people: [] });
  expect((await read().next()).done).toBe(true);
});

it('reads the inbox once for each event of a log that is ahead of it, as after a restore of the database', async () => {
  const { after, store, announce, read } = sut({ quietMs: 50 });
  for (const place of [1, 2, 3]) await announce(place);
  const reader = read();
  const limit = setTimeout(() => gone.abort(), 5_000);
  expect(placeOf(await reader.next())).toBe('quiet');
  clearTimeout(limit);
  expect(after.mock.calls.length).toBeLessThan(6);
  store(1);
  const seen = [placeOf(await reader.next()), placeOf(await reader.next())];
  expect(seen).toContain(1);
  await reader.return(undefined);
});

it.each([
  [undefined, 2],
  [0, 0],
  [1, 1],
  [9, 2],
])('resumes an inbox with two arrivals after Last-Event-ID %j at place %i', async (lastEventId, place) => {
  const { store, resumeAfter } = sut();
  [1, 2].forEach(store);
  expect(await resumeAfter(lastEventId)).toBe(place);
});
