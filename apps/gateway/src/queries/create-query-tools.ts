import type { Ports } from '@slipstream/runtime';
import { IndexTrialStore } from './index-trial.store.js';
import { IndexTrials, type IndexTrialPorts } from './index-trials.js';
import { queryCacheIn } from './query-cache.js';
import { QueryDirectory } from './query-directory.js';

/** Binds the cache of queries, and creates what operators see and change of queries. */
export function createQueryTools(
  { queries, database, cache }: Pick<Ports['stores'], 'queries' | 'database' | 'cache'>,
  logger: IndexTrialPorts['logger'],
): { queries: QueryDirectory; indexTrials: IndexTrials } {
  database.cacheQueries(queryCacheIn(cache));
  const trials = database.get(IndexTrialStore);
  return {
    queries: new QueryDirectory(queries),
    indexTrials: new IndexTrials({ queries, changes: database.indexChanges, trials, logger }),
  };
}
