import { DependencyUnavailableError } from '@slipstream/contracts';
import { TurnBatch, type RedisConnections } from '@slipstream/redis';
import { WaitBudget } from './wait-budget.js';

/** Stands for a foreign value; never a text of ours. */
const FOREIGN = '';
/** Larger commands would block the server. */
const MAX_NAMES = 128;

/**
 * Reads texts from Redis. Reads of the same turn of the event loop share one command.
 *
 * cache-manager-ioredis-yet's serializer writes a text as a JSON string, which is parsed as such. Its own parser,
 * telejson, would also revive dates, classes and functions from foreign values, and takes four times as long.
 */
export class BatchedReads {
  private readonly batch = new TurnBatch(MAX_NAMES, (names: string[]) => this.readAll(names));

  /**
   * @param waitMs longest wait for an answer
   * @param follow sent together with each command; resolves to false if the result may not be used
   */
  constructor(
    private readonly redis: RedisConnections,
    private readonly waitMs: number,
    private readonly follow: () => Promise<boolean>,
  ) {}

  /**
   * @returns undefined for a missing value; an empty text for a foreign one
   * @throws DependencyUnavailableError if Redis is unreachable, too slow, or may not be used
   */
  read(name: string): Promise<string | undefined> {
    return this.batch.add(name);
  }

  private async readAll(names: string[]): Promise<(string | undefined)[]> {
    const texts = this.redis.run('cache.get', (commands) => stringsAt(commands, names));
    const [found, isUsable] = await new WaitBudget(this.waitMs).spend(Promise.all([texts, this.follow()]));
    if (!isUsable) throw new DependencyUnavailableError('redis');
    return found.map(textOf);
  }
}

/** In a cluster the keys belong to several servers, each of which gets its own command. */
const stringsAt = (commands: RedisConnections['commands'], names: string[]): Promise<(string | null)[]> =>
  commands.isCluster
    ? Promise.all(names.map((name) => commands.mget(name).then(([string]) => string ?? null)))
    : commands.mget(names);

/** @param string null if the value is missing or not a string */
function textOf(string: string | null | undefined): string | undefined {
  if (string === null || string === undefined) return undefined;
  try {
    const text: unknown = JSON.parse(string);
    return typeof text === 'string' ? text : FOREIGN;
  } catch {
    return FOREIGN;
  }
}
