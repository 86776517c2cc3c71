import { DependencyUnavailableError } from '@slipstream/contracts';
import { TurnBatch, type RedisConnections } from '@slipstream/redis';
import { WaitBudget } from './wait-budget.js';

/** Stands for what no store of ours wrote; never a text of ours. */
const FOREIGN = '';
/** A command for more would keep the server from others. */
const MAX_NAMES = 128;

/**
 * Reads texts from Redis. Those that are asked for within one turn of the event loop go out as one command.
 *
 * What cache-manager-ioredis-yet's serialiser made of a text is a JSON string, and is read as such: its own way back,
 * telejson's, also revives dates, classes and functions that somebody else may have put there, and takes four times as
 * long.
 */
export class BatchedReads {
  private readonly batch = new TurnBatch(MAX_NAMES, (names: string[]) => this.readAll(names));

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
    return this.batch.add(name);
  }

  private async readAll(names: string[]): Promise<(string | undefined)[]> {
    const texts = this.redis.run('cache.get', (commands) => stringsAt(commands, names));
    const [found, isUsable] = await new WaitBudget(this.waitMs).spend(Promise.all([texts, this.follow()]));
    if (!isUsable) throw new DependencyUnavailableError('redis');
    return found.map(textOf);
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
