import type { DatabasePool } from '@slipstream/mongo';
import { modelOn } from '@slipstream/mongo/testing';
import { chatModel } from '../chat.schema.js';
import { ChatStore } from '../chat.store.js';
import { jobModel } from '../jobs/job.schema.js';
import { JobStore } from '../jobs/job.store.js';
import { removalModel, RemovalStore } from '../removals/removal.store.js';

/** The stores of this library on the database of a spec. */
export const chatStoresOn = (pool: DatabasePool) => ({
  chats: new ChatStore(modelOn(pool, chatModel), pool),
  jobs: new JobStore(modelOn(pool, jobModel), pool),
  removals: new RemovalStore(modelOn(pool, removalModel), pool),
});
