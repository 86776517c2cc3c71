import type { Connection, mongo } from 'mongoose';
import { DependencyUnavailableError } from '@slipstream/contracts';
import type { DatabasePool } from '../database-pool.js';
import type { KeyPattern } from '../explain/plan-stage.js';
import { existingIndexes } from '../indexes/planned-index.js';

/** The server may need hours to build an index, so that its answer has no deadline. */
const NO_DEADLINE = { socketTimeoutMS: 0 };

/** Changes of indexes that an operator confirmed. */
export class IndexChanges {
  constructor(private readonly pool: Pick<DatabasePool, 'isAvailable'> & { connection: Pick<Connection, 'db'> }) {}

  /** Builds an index. @returns its name */
  build(collection: string, key: KeyPattern): Promise<string> {
    return this.db.collection(collection).createIndex(key as mongo.IndexSpecification, NO_DEADLINE as object);
  }

  async drop(collection: string, name: string): Promise<void> {
    await this.db.collection(collection).dropIndex(name);
  }

  /**
   * Hides an index from the planner, or shows it again. A hidden index is still updated.
   * @throws Error if the server ignores it
   */
  async setHidden(collection: string, name: string, hidden: boolean): Promise<void> {
    await this.db.command({ collMod: collection, index: { name, hidden } });
    const index = (await existingIndexes(this.db, collection)).find((each) => each.name === name);
    if ((index?.hidden === true) !== hidden) throw new Error('The server can not hide indexes.');
  }

  private get db(): NonNullable<Connection['db']> {
    const { db } = this.pool.connection;
    if (!db || !this.pool.isAvailable) throw new DependencyUnavailableError('mongodb');
    return db;
  }
}
