import { DependencyUnavailableError } from '@slipstream/contracts';
import type { RedisConnections } from '@slipstream/redis';
import { WaitBudget } from './wait-budget.js';

/** Stands for what no store of ours wrote; never a text of ours. */
const FOREIGN = '';
/** A command for more would keep the server from others. */
const MAX_NAMES = 128;

interface Waiting {
  readonly name: string;
  readonly resolve: (text: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads texts from Redis. Those that are asked for within one turn of the event loop go out as one command: most of
 * what a small read costs is its command, its timers and its wait, not its value.
 *
 * What cache-manager-ioredis-yet's serialiser made of a text is a JSON string, and is read as such: its own way back,
 * telejson's, also revives dates, classes and functions that somebody else may have put there, and takes four times as
 * long.
 */
export class BatchedReads {
  private waiting: Waiting[] = [];

  /**
   * @param waitMs longest wait for an answer
   * @param follow sent together with each command; resolves to false when what was read may not be used
   */
  constructor(
    private readonly redis: RedisConnections,
    private readonly waitMs: number,
    private readonly follow: () => Promise<boolean>,
  ) {}

  /**
   * @returns undefined when there is nothing; an empty text when there is something that isn't ours
   * @throws DependencyUnavailableError when Redis is away, doesn't answer in time, or may not be trusted
   */
  read(name: string): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const count = this.waiting.push({ name, resolve, reject });
      if (count === 1) setImmediate(this.send);
      else if (count === MAX_NAMES) this.send();
    });
  }

  private readonly send = (): void => {
    const reads = this.waiting;
    this.waiting = [];
    if (reads.length > 0) void this.answer(reads);
  };

  private async answer(reads: readonly Waiting[]): Promise<void> {
    try {
      const texts = this.redis.run('cache.get', (commands) =>
        stringsAt(
          commands,
          reads.map(({ name }) => name),
        ),
      );
      const [found, isUsable] = await new WaitBudget(this.waitMs).spend(Promise.all([texts, this.follow()]));
      if (!isUsable) throw new DependencyUnavailableError('redis');
      reads.forEach(({ resolve }, index) => resolve(textOf(found[index])));
    } catch (error) {
      for (const { reject } of reads) reject(error);
    }
  }
}

/** In a cluster the names belong to several servers, and each is asked for by itself. */
const stringsAt = (commands: RedisConnections['commands'], names: string[]): Promise<(string | null)[]> =>
  commands.isCluster
    ? Promise.all(names.map((name) => commands.mget(name).then(([string]) => string ?? null)))
    : commands.mget(names);

/** @param string null when there is none, or it is no string */
function textOf(string: string | null | undefined): string | undefined {
  if (string === null || string === undefined) return undefined;
  try {
    const text: unknown = JSON.parse(string);
    return typeof text === 'string' ? text : FOREIGN;
  } catch {
    return FOREIGN;
  }
}
