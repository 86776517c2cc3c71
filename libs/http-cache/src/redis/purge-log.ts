import { PurgedNames, type PurgeVerdict } from '@slipstream/redis';
import { isPurgedBy, targetOf, type Purge, type PurgeScope } from '../purge/purge-scope.js';
import type { CacheRecord } from '../store/cache-record.js';

/** Prefixes are compared one by one, at each read. */
const MAX_PREFIXES = 100;

/**
 * The purges that are known here, by their number, for comparison with what lies in the shared store: a record is as
 * good as the purges that came after its fetch began. Bounded: past the bound the oldest is forgotten, and all records
 * from before it are dropped.
 */
export class PurgeLog {
  private readonly names: PurgedNames;
  private readonly prefixes = new PurgedNames(MAX_PREFIXES);

  constructor(maxNames: number) {
    this.names = new PurgedNames(maxNames);
  }

  add(number: number, { scope, isSoft }: Purge): void {
    if (scope.type === 'everything' && !isSoft) {
      this.names.noteEverything(number);
      this.prefixes.noteEverything(number);
    } else if (scope.type === 'prefix') this.prefixes.note(scope.prefix, number, isSoft);
    else for (const name of namesOf(scope)) this.names.note(name, number, isSoft);
  }

  reset(): void {
    this.names.reset();
    this.prefixes.reset();
  }

  /** @param since the last purge that was known when the record's fetch began */
  verdict({ url, tags }: Pick<CacheRecord, 'url' | 'tags'>, since: number): PurgeVerdict {
    const byName = this.names.verdict(['*', `u${url}`, `u${targetOf(url)}`, ...tags.map((tag) => `t${tag}`)], since);
    const prefixes = [...this.prefixes.names].filter((prefix) => isPurgedBy({ url, tags }, { type: 'prefix', prefix }));
    const byPrefix = this.prefixes.verdict(prefixes, since);
    if (byName === 'dropped' || byPrefix === 'dropped') return 'dropped';
    return byName === 'softened' ? byName : byPrefix;
  }
}

/** Told apart by their first letter. */
function namesOf(scope: Exclude<PurgeScope, { type: 'prefix' }>): readonly string[] {
  if (scope.type === 'everything') return ['*'];
  return scope.type === 'url' ? [`u${scope.url}`] : scope.tags.map((tag) => `t${tag}`);
}
