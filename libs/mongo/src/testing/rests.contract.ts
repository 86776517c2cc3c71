import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DatabasePool } from '../database-pool.js';
import { ownDatabase } from './own-database.js';
import { SetClock } from './set-clock.js';

const HOUR_MS = 3_600_000;
/** After a jump forward, instants are judged by the time of before for so long. */
const SETTLE_MS = 15_000;

/** Something that rests before it is handed out. */
export interface Rest {
  /** How long it rests. */
  restMs: number;
  /** @returns whether it was handed out */
  take: () => Promise<boolean>;
}

/**
 * What rests in a store of the database rests as long as it was meant to, whatever happens to the clocks of the
 * database and of the processes. To be called outside of specs.
 * @param cases by name; each stores something in the database that it is given
 */
export function restsContract(
  name: string,
  cases: Readonly<Record<string, (pool: DatabasePool) => Promise<Rest>>>,
): { clock: SetClock; jumping: DatabasePool } {
  const clock = new SetClock();
  const jumping = ownDatabase(`${name}_jumps`, undefined, clock);
  const steady = ownDatabase(`${name}_steady`);

  /** A case leaves nothing behind that the next one might take. */
  afterEach(async () => {
    vi.useRealTimers();
    for (const { connection } of [jumping, steady])
      await Promise.all(Object.values(connection.models).map((model) => model.deleteMany({})));
  });

  const all = Object.entries(cases).map(([name, arrange]) => ({ name, arrange }));

  describe.each(all)('$name', ({ arrange }) => {
    it.each([-HOUR_MS, -HOUR_MS / 6, 0])(
      'is handed out after its time, not before, when the database clock jumped by %i ms',
      async (jumpMs) => {
        clock.jump(0);
        const { restMs, take } = await arrange(jumping);
        clock.jump(jumpMs);
        expect(await take()).toBe(false);
        clock.pass(restMs - 1);
        expect(await take()).toBe(false);
        clock.pass(1);
        expect(await take()).toBe(true);
      },
    );

    it('is handed out soon, and once, when the database clock jumped forward by an hour', async () => {
      clock.jump(0);
      const { take } = await arrange(jumping);
      clock.jump(HOUR_MS);
      clock.pass(SETTLE_MS);
      expect([await take(), await take()]).toEqual([true, false]);
    });

    it('rests as before when the wall clock of a process jumps forward by an hour', async () => {
      const { take } = await arrange(steady);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS });
      expect(await take()).toBe(false);
    });

    it('rests no longer when the wall clock of the process that set it was ahead by an hour', async () => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS });
      const { restMs } = await arrange(steady);
      vi.useRealTimers();
      const latest = Date.now() + restMs + 30_000;
      const rests = await Promise.all(
        Object.values(steady.connection.models).map((model) => model.collection.find().toArray()),
      );
      const until = rests
        .flat()
        .flatMap(({ claimableAt, wakeAt, dueAt }) => [claimableAt, wakeAt, dueAt].filter(Boolean) as Date[]);
      expect(until.length).toBeGreaterThan(0);
      expect(until.filter((each) => each.getTime() > latest)).toEqual([]);
    });
  });

  return { clock, jumping };
}
