import type { Ports } from '@slipstream/runtime';
import { IndexTrialStore } from './index-trial.store.js';
import { IndexTrials, type IndexTrialPorts } from './index-trials.js';

export const createIndexTrials = (
  { queries, database }: Pick<Ports['stores'], 'queries' | 'database'>,
  logger: IndexTrialPorts['logger'],
): IndexTrials =>
  new IndexTrials({ queries, changes: database.indexChanges, trials: database.get(IndexTrialStore), logger });
