import {
  Module,
  type INestApplicationContext,
  type LoggerService,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { DatabasePoolOptions } from './database-pool.options.js';
import { DatabasePool } from './database-pool.js';
import { DatabaseModule } from './database.module.js';
import type { PoolActivity } from './monitor/pool-activity.js';
import { IndexChanges } from './advisor/index-changes.js';
import { QueryOptimizer } from './advisor/query-optimizer.js';
import type { QueryCachePort } from './query-cache/query-cache.port.js';
import type { QueryMonitor } from './monitor/query-monitor.js';

/** Nest modules whose stores are opened together. */
export type StoreModules = NonNullable<ModuleMetadata['imports']>;

@Module({})
class StoresModule {}

/** The stores over one pool, each found by its class. */
export class DatabaseStores {
  /** Explains slow queries of this process. */
  readonly optimizer: QueryOptimizer;
  /** Changes indexes for an operator. */
  readonly indexChanges: IndexChanges;

  private constructor(
    private readonly pool: DatabasePool,
    private readonly context: INestApplicationContext,
    logger: DatabasePoolOptions['logger'],
  ) {
    this.optimizer = new QueryOptimizer(pool, logger);
    this.indexChanges = new IndexChanges(pool);
  }

  /**
   * Begins to connect, and registers the models of `modules`; the connection is not waited for.
   * @throws StartupError when the address is malformed
   */
  static async open(
    options: DatabasePoolOptions,
    modules: StoreModules,
    logger: LoggerService | false,
  ): Promise<DatabaseStores> {
    const root = { module: StoresModule, imports: [DatabaseModule.with(options), ...modules] };
    const context = await NestFactory.createApplicationContext(root, { logger, abortOnError: false });
    const pool = context.get(DatabasePool, { strict: false });
    pool.start();
    return new DatabaseStores(pool, context, options.logger);
  }

  /** @throws Error when no module that was opened exports the store */
  get<T>(store: Type<T>): T {
    return this.context.get(store, { strict: false });
  }

  /** Activity of the pool's connections. */
  get activity(): PoolActivity {
    return this.pool.activity;
  }

  /** Statistics of this process's queries, by their shape. */
  get queries(): QueryMonitor {
    return this.pool.queries;
  }

  /** Caches the results of queries that request it. */
  cacheQueries(port: QueryCachePort): void {
    this.pool.queryCache.bind(port);
  }

  /** Pings the server. @throws DependencyUnavailableError */
  check(): Promise<void> {
    return this.pool.check();
  }

  /** Ends the pool's connections too; safe to call twice. */
  async close(): Promise<void> {
    await this.pool.close();
    await this.context.close();
  }
}
