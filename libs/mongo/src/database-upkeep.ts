import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { StartupError, messageOf } from '@slipstream/contracts';
import type { Connection } from 'mongoose';
import type { DatabasePoolOptions } from './database-pool.options.js';
import { DatabasePool } from './database-pool.js';
import type { StoreModules } from './database-stores.js';
import { DatabaseModule } from './database.module.js';
import { buildIndex, type BuildProgress } from './indexes/build-index.js';
import { migrate, outdatedIn, type Outdated } from './versions/migrate.js';
import { plannedIndexes, type PlannedIndex } from './indexes/planned-index.js';

@Module({})
class UpkeepModule {}

const SERVER_SELECTION_MS = 5_000;

/** The database for commands of operators: it has the models of `modules`, and changes nothing by itself. */
export class DatabaseUpkeep {
  private constructor(
    private readonly connection: Connection,
    /** Ends the connection too. */
    readonly close: () => Promise<void>,
  ) {}

  /**
   * Connects.
   * @throws StartupError if the address is malformed, or the server does not answer
   */
  static async open(uri: string, modules: StoreModules): Promise<DatabaseUpkeep> {
    const logger: DatabasePoolOptions['logger'] = { info: () => undefined, warn: () => undefined };
    // The server may need hours to build an index.
    const options = { uri, logger, minPoolSize: 0, socketTimeoutMs: 0, serverSelectionTimeoutMs: SERVER_SELECTION_MS };
    const root = { module: UpkeepModule, imports: [DatabaseModule.with(options), ...modules] };
    const context = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
    const { connection } = context.get(DatabasePool, { strict: false });
    const close = async (): Promise<void> => {
      await connection.close();
      await context.close();
    };
    try {
      return new DatabaseUpkeep(await connection.asPromise(), close);
    } catch (error) {
      await close();
      throw new StartupError(
        `MongoDB does not answer (${messageOf(error)}). Name its address by MONGODB_URI or mongodb.uri, or start it.`,
        { cause: error },
      );
    }
  }

  /** Every declared index, beside what the database has. */
  indexes(): Promise<PlannedIndex[]> {
    return plannedIndexes(this.connection);
  }

  /** Builds one index. @param onProgress called every second */
  async build(index: PlannedIndex, onProgress: (progress: BuildProgress) => void): Promise<void> {
    if (this.connection.db) await buildIndex(this.connection.db, index, onProgress);
  }

  /** The collections that may contain documents of older versions, with their number. */
  outdated(): Promise<Outdated[]> {
    return outdatedIn(this.connection);
  }

  /** Stores the documents of a collection in the current version. @returns how many it migrated */
  migrate(collection: string, onBatch: (migrated: number) => void): Promise<number> {
    return migrate(this.connection, collection, onBatch);
  }
}
