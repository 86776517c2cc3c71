import { DependencyUnavailableError, messageOf, type Logger } from '@slipstream/contracts';
import { PurgedNames, type PurgeTopic, type SharedPurges } from '@slipstream/redis';
import type { StoredText } from './stored-text.js';
import type { WaitBudget } from './wait-budget.js';

/** Changed keys, a tag, or all keys. */
export type ObjectPurge =
  { readonly keys: readonly string[] } | { readonly tag: string } | { readonly everything: true };

/** Keys and tags that were purged since the start. */
const MAX_NAMES = 50_000;

/** Options of {@link ObjectPurges}. */
export interface ObjectPurgesOptions {
  /** Largest number of unconfirmed purges that are stored one by one. */
  maxPending: number;
  /** Another process has purged this. */
  onPurged: (purge: ObjectPurge) => void;
  logger: Logger;
}

/**
 * Applies the purge log to values. Every purge is pending from its call until the log contains it, for any length of an
 * outage.
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

  /** Whether a pending purge of this process matches the key. */
  isPending(key: string): boolean {
    for (const purge of this.topic.pending) if (!('keys' in purge) || purge.keys.includes(key)) return true;
    return false;
  }

  isPurged(key: string, { position, tags }: Pick<StoredText, 'position' | 'tags'>): boolean {
    return this.purged.verdict([`k${key}`, ...tags.map((tag) => `t${tag}`)], position) === 'dropped';
  }

  /**
   * A purge that exceeds the budget continues in the background, and is pending until then.
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

  /** Errors of Redis are not errors of the caller. The connections report outages; other errors need an operator. */
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
