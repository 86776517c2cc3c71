import { isPurgedBy, targetOf, type Purge, type PurgeScope } from '../purge/purge-scope.js';
import type { CacheRecord } from '../store/cache-record.js';

/** Prefixes are compared one by one, at each read. */
const MAX_PREFIXES = 100;

/** What the purges since a record was fetched mean for it. */
export type PurgeVerdict = 'kept' | 'softened' | 'dropped';

/** The numbers of the last purges, hard and soft, of one name. */
interface Last {
  hard: number;
  soft: number;
}

/**
 * The purges that are known here, by their number, for comparison with what lies in the shared store: a record is as good as the
 * purges that came after its fetch began. Bounded: past the bound the oldest is forgotten, and all records from before it are dropped.
 */
export class PurgeLog {
  readonly #byName = new Map<string, Last>();
  readonly #prefixes = new Map<string, Last>();
  /** Records fetched before this purge are dropped, whatever they are. */
  #floor = 0;
  #last = 0;

  constructor(private readonly maxNames: number) {}

  /** The number of the last purge that is known. */
  get last(): number {
    return this.#last;
  }

  add(number: number, { scope, isSoft }: Purge): void {
    this.#last = Math.max(this.#last, number);
    if (scope.type === 'everything' && !isSoft) return this.#forget(number);
    if (scope.type === 'prefix') this.#note(this.#prefixes, MAX_PREFIXES, scope.prefix, number, isSoft);
    else for (const name of namesOf(scope)) this.#note(this.#byName, this.maxNames, name, number, isSoft);
  }

  /** @param since the last purge that was known when the record's fetch began */
  verdict({ url, tags }: Pick<CacheRecord, 'url' | 'tags'>, since: number): PurgeVerdict {
    if (since < this.#floor) return 'dropped';
    const lasts = ['*', `u${url}`, `u${targetOf(url)}`, ...tags.map((tag) => `t${tag}`)].flatMap((name) => this.#byName.get(name) ?? []);
    for (const [prefix, last] of this.#prefixes) if (isPurgedBy({ url, tags }, { type: 'prefix', prefix })) lasts.push(last);
    if (lasts.some(({ hard }) => hard > since)) return 'dropped';
    return lasts.some(({ soft }) => soft > since) ? 'softened' : 'kept';
  }

  /** The newest goes to the end, so that the first is the oldest. */
  #note(names: Map<string, Last>, max: number, name: string, number: number, isSoft: boolean): void {
    const { hard, soft } = names.get(name) ?? { hard: 0, soft: 0 };
    names.delete(name);
    names.set(name, isSoft ? { hard, soft: Math.max(soft, number) } : { hard: Math.max(hard, number), soft });
    if (names.size <= max) return;
    const [oldest, last] = names.entries().next().value as [string, Last];
    names.delete(oldest);
    this.#floor = Math.max(this.#floor, last.hard, last.soft);
  }

  #forget(number: number): void {
    this.#byName.clear();
    this.#prefixes.clear();
    this.#floor = Math.max(this.#floor, number);
  }
}

/** Told apart by their first letter. */
function namesOf(scope: Exclude<PurgeScope, { type: 'prefix' }>): readonly string[] {
  if (scope.type === 'everything') return ['*'];
  return scope.type === 'url' ? [`u${scope.url}`] : scope.tags.map((tag) => `t${tag}`);
}
