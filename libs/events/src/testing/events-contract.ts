import { randomUUID } from 'node:crypto';
import { formatEventId, type JobEvent } from '@slipstream/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventsOptions } from '../create-events.js';
import type { EventLog, FollowOptions, StoredEvent } from '../event-log.js';
import type { JobSignals } from '../job-signals.js';
import { StaleFenceError } from '../stale-fence.error.js';

/** A driver under test. */
export interface EventsUnderTest {
  log: EventLog;
  signals: JobSignals;
  /** Disconnects what `create` connected. */
  close(): Promise<void>;
}

export const delta = (fence: number, sequence: number, text = `${fence}.${sequence} `): StoredEvent => ({
  id: { fence, sequence },
  event: { type: 'message-delta', messageId: 'm', delta: text },
});

export const final = (fence: number, sequence: number, event: JobEvent = { type: 'cancelled' }): StoredEvent => ({
  id: { fence, sequence },
  event,
});

/** Returns all events until the log ends. */
export async function collect(
  log: EventLog,
  jobId: string,
  options: Partial<FollowOptions> = {},
): Promise<StoredEvent[]> {
  const seen: StoredEvent[] = [];
  for await (const entry of log.follow(jobId, { signal: new AbortController().signal, ...options })) seen.push(entry);
  return seen;
}

/** The contract of every driver. A driver's spec calls it, and adds only tests of that driver. */
export function describeEvents(
  driver: string,
  create: (options?: Partial<EventsOptions>) => Promise<EventsUnderTest>,
): void {
  describe(`${driver}: event log and signals`, () => {
    let sut: EventsUnderTest;
    let jobId: string;

    beforeEach(async () => {
      sut = await create();
      jobId = `job ${randomUUID()} {*}`;
    });
    afterEach(() => sut.close());

    it('keeps events in order, and reads after an id and up to a limit', async () => {
      await sut.log.append(jobId, [delta(1, 1), delta(1, 2)]);
      await sut.log.append(jobId, [delta(1, 10), delta(2, 1)]);
      expect(await sut.log.read(jobId)).toEqual([delta(1, 1), delta(1, 2), delta(1, 10), delta(2, 1)]);
      expect(await sut.log.read(jobId, { fence: 1, sequence: 2 })).toEqual([delta(1, 10), delta(2, 1)]);
      expect(await sut.log.read(jobId, { fence: 1, sequence: 1 }, 1)).toEqual([delta(1, 2)]);
      expect(await sut.log.read(jobId, { fence: 2, sequence: 1 })).toEqual([]);
      expect(await sut.log.read(`${jobId}x`)).toEqual([]);
    });

    it('refuses a continuation of what it has lost, and takes a new beginning', async () => {
      await sut.log.append(jobId, [delta(1, 1)]);
      await sut.log.append(jobId, [delta(1, 2)], { fence: 1, sequence: 1 });
      await sut.log.remove(jobId);
      const after = { fence: 1, sequence: 2 };
      await expect(sut.log.append(jobId, [delta(1, 3)], after)).rejects.toMatchObject({ code: 'log_lost' });
      expect(await sut.log.read(jobId)).toEqual([]);
      await sut.log.append(jobId, [delta(1, 1)]);
      await expect(sut.log.append(jobId, [delta(1, 3)], after)).rejects.toMatchObject({ code: 'log_lost' });
      await sut.log.append(jobId, [delta(1, 4)]);
      expect(await sut.log.read(jobId)).toEqual([delta(1, 1), delta(1, 4)]);
    });

    it('takes a repeated continuation once', async () => {
      await sut.log.append(jobId, [delta(1, 1)]);
      for (let repeated = 0; repeated < 2; repeated += 1)
        await sut.log.append(jobId, [delta(1, 2)], { fence: 1, sequence: 1 });
      expect(await sut.log.read(jobId)).toEqual([delta(1, 1), delta(1, 2)]);
    });

    it('keeps every character', async () => {
      const text = '"quotes" \\ \n\u0000\u2028 {"a":1} 🌊 \ud800';
      await sut.log.append(jobId, [delta(1, 1, text), final(1, 2)]);
      expect(await collect(sut.log, jobId)).toEqual([delta(1, 1, text), final(1, 2)]);
    });

    it('takes no part of an append whose ids do not increase', async () => {
      await expect(sut.log.append(jobId, [delta(1, 2), delta(1, 2)])).rejects.toMatchObject({
        code: 'event_ids_not_increasing',
      });
      await sut.log.append(jobId, []);
      expect(await sut.log.read(jobId)).toEqual([]);
    });

    it('refuses a writer whose successor has begun', async () => {
      await sut.log.append(jobId, [delta(1, 1)]);
      await sut.log.append(jobId, [delta(2, 1)]);
      await expect(sut.log.append(jobId, [delta(1, 2)])).rejects.toThrow(StaleFenceError);
      await expect(sut.log.append(jobId, [delta(1, 2), delta(3, 1)])).rejects.toThrow(StaleFenceError);
      expect(await sut.log.read(jobId)).toEqual([delta(1, 1), delta(2, 1)]);
    });

    it('takes a repeated append once, alone or with more, also when others came after it', async () => {
      const repeated = [delta(1, 1), delta(1, 2)];
      await sut.log.append(jobId, repeated);
      await sut.log.append(jobId, repeated);
      await sut.log.append(jobId, [...repeated, delta(1, 3)]);
      await sut.log.append(jobId, repeated);
      expect(await sut.log.read(jobId)).toEqual([...repeated, delta(1, 3)]);
    });

    it('refuses the same ids with another content, and repetitions with something new in between', async () => {
      await sut.log.append(jobId, [delta(1, 1), delta(1, 3)]);
      await expect(sut.log.append(jobId, [delta(1, 1, 'other')])).rejects.toMatchObject({ code: 'stale_fence' });
      await expect(sut.log.append(jobId, [delta(1, 1), delta(1, 2), delta(1, 3)])).rejects.toThrow(StaleFenceError);
      await expect(sut.log.append(jobId, [delta(1, 1), delta(1, 2)])).rejects.toThrow(StaleFenceError);
    });

    it('follows from the log into what comes, and ends after the final event', async () => {
      await sut.log.append(jobId, [delta(1, 1), delta(1, 2)]);
      const seen: string[] = [];
      const following = (async () => {
        for await (const { id } of sut.log.follow(jobId, {
          signal: new AbortController().signal,
          after: { fence: 1, sequence: 1 },
        })) {
          seen.push(formatEventId(id));
        }
      })();
      await vi.waitFor(() => expect(seen).toEqual(['1-2']));
      await sut.log.append(jobId, [delta(1, 3), delta(1, 4)]);
      await vi.waitFor(() => expect(seen).toEqual(['1-2', '1-3', '1-4']));
      await sut.log.append(jobId, [final(2, 1), delta(2, 2)]);
      await following;
      expect(seen).toEqual(['1-2', '1-3', '1-4', '2-1']);
    });

    it('follows a job that has not begun, for many at once', async () => {
      const readers = Array.from({ length: 10 }, () => collect(sut.log, jobId));
      for (let i = 1; i < 20; i++) await sut.log.append(jobId, [delta(1, i)]);
      await sut.log.append(jobId, [final(1, 20)]);
      for (const seen of await Promise.all(readers))
        expect(seen.map(({ id }) => id.sequence)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    });

    it('tells nothing to who has seen the end', async () => {
      await sut.log.append(jobId, [delta(1, 1), final(1, 2)]);
      expect(await collect(sut.log, jobId, { after: { fence: 1, sequence: 2 } })).toEqual([]);
      expect(await collect(sut.log, jobId, { after: { fence: 9, sequence: 9 } })).toEqual([]);
    });

    it('ends a follower when its signal aborts, before, while it waits and while it is told', async () => {
      expect(await collect(sut.log, jobId, { signal: AbortSignal.abort() })).toEqual([]);
      const waiting = new AbortController();
      const waiter = collect(sut.log, jobId, { signal: waiting.signal });
      waiting.abort();
      expect(await waiter).toEqual([]);
      await sut.log.append(jobId, [delta(1, 1), delta(1, 2)]);
      const reading = new AbortController();
      const seen: StoredEvent[] = [];
      for await (const entry of sut.log.follow(jobId, { signal: reading.signal })) {
        seen.push(entry);
        reading.abort();
      }
      expect(seen).toEqual([delta(1, 1)]);
    });

    it('pages a log longer than the buffer to a reader that is slower than the writer', async () => {
      await sut.close();
      sut = await create({ maxBufferedEvents: 3, maxBufferedBytes: 400 });
      const seen: number[] = [];
      const reader = (async () => {
        for await (const { id } of sut.log.follow(jobId, { signal: new AbortController().signal })) {
          seen.push(id.sequence);
          if (id.sequence % 50 === 1 && id.sequence < 451)
            await sut.log.append(
              jobId,
              Array.from({ length: 50 }, (_, i) => delta(1, id.sequence + 1 + i)),
            );
          if (id.sequence === 451) await sut.log.append(jobId, [final(2, 1000)]);
        }
      })();
      await sut.log.append(jobId, [delta(1, 1)]);
      await reader;
      expect(seen).toEqual([...Array.from({ length: 451 }, (_, i) => i + 1), 1000]);
    });

    it('forgets a job', async () => {
      await sut.log.append(jobId, [delta(5, 1)]);
      await sut.log.remove(jobId);
      await sut.log.remove(jobId);
      expect(await sut.log.read(jobId)).toEqual([]);
      await sut.log.append(jobId, [delta(1, 1)]);
    });

    it('forgets events a while after the last append', async () => {
      await sut.close();
      sut = await create({ retentionMs: 300 });
      await sut.log.append(jobId, [delta(1, 1)]);
      expect(await sut.log.read(jobId)).toHaveLength(1);
      await vi.waitFor(async () => expect(await sut.log.read(jobId)).toEqual([]), 5_000);
    });

    it('checks, ends its followers when it is closed, and closes twice', async () => {
      await sut.log.check();
      const follower = collect(sut.log, jobId);
      await sut.log.close();
      await sut.log.close();
      expect(await follower).toEqual([]);
    });

    it('tells every listener of a cancelled job, until it stops listening', async () => {
      const first = vi.fn();
      const second = vi.fn();
      const stop = sut.signals.onCancel(first);
      sut.signals.onCancel(second);
      await vi.waitFor(async () => {
        await sut.signals.cancel(jobId);
        expect(first).toHaveBeenCalledWith(jobId);
        expect(second).toHaveBeenCalledWith(jobId);
      });
      stop();
      first.mockClear();
      await sut.signals.cancel('another');
      await vi.waitFor(() => expect(second).toHaveBeenCalledWith('another'));
      expect(first).not.toHaveBeenCalledWith('another');
    });
  });
}
