import { PurgedNames, type PurgeVerdict } from '@slipstream/redis';
import { isPurgedBy, targetOf, type Purge, type PurgeScope } from '../purge/purge-scope.js';
import type { CacheRecord } from '../store/cache-record.js';

/** Prefixes are compared one by one, at each read. */
const MAX_PREFIXES = 100;

/**
 * The known purges by number, for comparison with records of the shared store. A record is valid unless a purge after
 * the start of its fetch concerns it. Bounded: the oldest purges are dropped, and so are all records from before them.
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

  /** @param since the last purge that was known at the start of the record's fetch */
  verdict({ url, tags }: Pick<CacheRecord, 'url' | 'tags'>, since: number): PurgeVerdict {
    const byName = this.names.verdict(['*', `u${url}`, `u${targetOf(url)}`, ...tags.map((tag) => `t${tag}`)], since);
    const prefixes = [...this.prefixes.names].filter((prefix) => isPurgedBy({ url, tags }, { type: 'prefix', prefix }));
    const byPrefix = this.prefixes.verdict(prefixes, since);
    if (byName === 'dropped' || byPrefix === 'dropped') return 'dropped';
    return byName === 'softened' ? byName : byPrefix;
  }
}

/** Distinguished by their first letter. */
function namesOf(scope: Exclude<PurgeScope, { type: 'prefix' }>): readonly string[] {
  if (scope.type === 'everything') return ['*'];
  return scope.type === 'url' ? [`u${scope.url}`] : scope.tags.map((tag) => `t${tag}`);
}
