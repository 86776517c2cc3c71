import { DependencyUnavailableError, messageOf, type Logger } from '@slipstream/contracts';
import { PurgedNames, type PurgeTopic, type SharedPurges } from '@slipstream/redis';
import type { StoredText } from './stored-text.js';
import type { WaitBudget } from './wait-budget.js';

/** Keys that have changed, a tag, or all keys. */
export type ObjectPurge =
  { readonly keys: readonly string[] } | { readonly tag: string } | { readonly everything: true };

/** Keys and tags that were purged since the start, one by one. */
const MAX_NAMES = 50_000;

/** Options of {@link ObjectPurges}. */
export interface ObjectPurgesOptions {
  /** Unconfirmed purges that are remembered one by one. */
  maxPending: number;
  /** Another process has purged this. */
  onPurged: (purge: ObjectPurge) => void;
  logger: Logger;
}

/**
 * What the purge log means for values: every purge is pending from the moment it is asked for until the log has it,
 * however long Redis is away.
 */
export class ObjectPurges {
  private readonly purged = new PurgedNames(MAX_NAMES);
  private readonly topic: PurgeTopic<ObjectPurge>;

  constructor(
    private readonly shared: SharedPurges,
    private readonly options: ObjectPurgesOptions,
  ) {
    this.topic = shared.addTopic<ObjectPurge>({
      name: 'object',
      everything: () => ({ everything: true }),
      parse: parsePurge,
      maxPending: options.maxPending,
      reset: () => this.purged.reset(),
      note: (purge, number) => this.note(purge, number),
      forget: options.onPurged,
    });
  }

  /** Whether a purge of this process means the key that the log may not have. */
  isPending(key: string): boolean {
    for (const purge of this.topic.pending) if (!('keys' in purge) || purge.keys.includes(key)) return true;
    return false;
  }

  isPurged(key: string, { position, tags }: Pick<StoredText, 'position' | 'tags'>): boolean {
    return this.purged.verdict([`k${key}`, ...tags.map((tag) => `t${tag}`)], position) === 'dropped';
  }

  /**
   * What the budget doesn't suffice for goes on behind, and is pending until then.
   *
   * @returns the purge's number; undefined while it is pending
   */
  async purge(purge: ObjectPurge, budget: WaitBudget): Promise<number | undefined> {
    try {
      return await budget.spend(this.topic.confirm(this.topic.add(purge)));
    } catch (error) {
      this.report(error);
      this.shared.retrySoon();
      return undefined;
    }
  }

  /** No error of Redis is one of our caller's. The connections report an outage; other errors need an operator. */
  report(error: unknown): void {
    if (!(error instanceof DependencyUnavailableError))
      this.options.logger.warn(
        { reason: messageOf(error) },
        'redis rejected a command of the object cache; values are loaded from the source',
      );
  }

  private note(purge: ObjectPurge, number: number): void {
    if ('keys' in purge) for (const key of purge.keys) this.purged.note(`k${key}`, number);
    else if ('tag' in purge) this.purged.note(`t${purge.tag}`, number);
    else this.purged.noteEverything(number);
  }
}

function parsePurge(value: unknown): ObjectPurge | undefined {
  const { keys, tag } = (value ?? {}) as { keys?: unknown; tag?: unknown };
  if (Array.isArray(keys)) return keys.every((key) => typeof key === 'string') ? { keys } : undefined;
  return typeof tag === 'string' ? { tag } : undefined;
}
