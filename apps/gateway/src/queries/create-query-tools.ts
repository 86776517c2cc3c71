import { Sweeper, type Ports } from '@slipstream/runtime';
import type { Logger } from '@slipstream/telemetry';
import { IndexTrialStore } from './index-trial.store.js';
import { IndexTrials } from './index-trials.js';
import { queryCacheIn } from './query-cache.js';
import { QueryDirectory } from './query-directory.js';
import { QueryHintStore } from './query-hint.store.js';
import { QueryHints } from './query-hints.js';

const LOOK_MS = 60_000;

/** Tools with which operators see and change queries. */
interface QueryTools {
  queries: QueryDirectory;
  indexTrials: IndexTrials;
  queryHints: QueryHints;
}

/** Binds the cache of queries, and creates the tools of operators. `stop` ends the regular look at hints and trials. */
export function createQueryTools(
  { queries, database, cache }: Pick<Ports['stores'], 'queries' | 'database' | 'cache'>,
  logger: Pick<Logger, 'debug' | 'info' | 'warn'>,
): { tools: QueryTools; stop: () => Promise<void> } {
  database.cacheQueries(queryCacheIn(cache));
  const trials = database.get(IndexTrialStore);
  const queryHints = new QueryHints({ queries, hints: database.get(QueryHintStore), logger });
  const changed = () => queryHints.indexesChanged();
  const indexTrials = new IndexTrials({ queries, changes: database.indexChanges, trials, logger, changed });
  const sweep = async (): Promise<void> => {
    await indexTrials.endAbandoned();
    await queryHints.look();
  };
  const sweeper = new Sweeper({ intervalMs: LOOK_MS, sweep, logger });
  sweeper.start();
  return { tools: { queries: new QueryDirectory(queries), indexTrials, queryHints }, stop: () => sweeper.stop() };
}
