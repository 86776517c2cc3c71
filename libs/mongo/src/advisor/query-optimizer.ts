import { mongo, type Connection } from 'mongoose';
import {
  DependencyUnavailableError,
  messageOf,
  NotFoundError,
  SlipstreamError,
  type Logger,
  type QueryPlan,
} from '@slipstream/contracts';
import type { DatabasePool } from '../database-pool.js';
import { translateDatabaseError } from '../database-errors.js';
import type { QueryStatistics } from '../monitor/query-monitor.js';
import type { QuerySample } from '../monitor/query-sample.js';
import { indexesOf, type CollectionIndex } from './collection-indexes.js';
import { queryPlanOf } from './query-plan.js';

/** A shape that is still slow is explained again after this time. */
const AGAIN_AFTER_MS = 600_000;
/** Pause after a refusal by a server. */
const REFUSED_FOR_MS = 3_600_000;
/** An explain that takes longer is ended by the server. */
const MAX_TIME_MS = 5_000;

/** The server can't explain, or does not let this user do so: Unauthorized, CommandNotFound, CommandNotSupported. */
const REFUSALS: ReadonlySet<unknown> = new Set([13, 59, 115]);

interface Explained {
  readonly plan?: QueryPlan;
  readonly slow: number;
  readonly atMs: number;
}

/** Explains samples of slow query shapes, off the path of requests: one at a time, each by an ordinary read. */
export class QueryOptimizer {
  private readonly explained = new WeakMap<QueryStatistics, Explained>();
  private refused?: { readonly reason: string; readonly atMs: number };

  constructor(
    private readonly pool: Pick<DatabasePool, 'queries' | 'isAvailable'> & {
      connection: Pick<Connection, 'db' | 'models'>;
    },
    private readonly logger: Logger<'warn'>,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Why the server explains nothing; undefined while it does. */
  get refusal(): string | undefined {
    if (this.refused && this.nowMs() - this.refused.atMs >= REFUSED_FOR_MS) this.refused = undefined;
    return this.refused?.reason;
  }

  planOf(statistics: QueryStatistics): QueryPlan | undefined {
    return this.explained.get(statistics)?.plan;
  }

  /** Explains the slowest shape that was slow since its last plan, if one was. */
  async look(): Promise<void> {
    if (this.refusal !== undefined || !this.pool.isAvailable) return;
    const next = this.pool.queries.statistics().find((each) => this.isDue(each));
    if (next) await this.explainShape(next);
  }

  /**
   * Explains the latest sample of a shape now.
   * @param hint name of the index that it is to use; such a plan is not kept
   * @throws NotFoundError `query_not_found` if this process has no sample of the shape
   * @throws SlipstreamError `explain_refused`
   * @throws DependencyUnavailableError
   */
  async explain(id: string, hint?: string): Promise<QueryPlan> {
    const statistics = this.pool.queries.find(id);
    if (!statistics?.sample) throw new NotFoundError('query', id);
    if (hint !== undefined) return queryPlanOf(await this.run({ ...statistics.sample, hint }), new Date());
    const plan = await this.explainShape(statistics);
    if (plan) return plan;
    throw new SlipstreamError(
      'explain_refused',
      `The server explains no queries: ${this.refusal ?? 'no reason given'}`,
    );
  }

  /**
   * The indexes of these collections, and of those of this process's models.
   * @throws DependencyUnavailableError
   */
  async indexes(collections: readonly string[]): Promise<CollectionIndex[]> {
    const { db, models } = this.pool.connection;
    if (!db || !this.pool.isAvailable) throw new DependencyUnavailableError('mongodb');
    const own = Object.values(models).map((model) => model.collection.collectionName);
    try {
      const found = await Promise.all([...new Set([...own, ...collections])].map((each) => indexesOf(db, each)));
      return found.flat();
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  private isDue(statistics: QueryStatistics): boolean {
    if (!statistics.sample || statistics.slow === 0) return false;
    const last = this.explained.get(statistics);
    return !last || (statistics.slow > last.slow && this.nowMs() - last.atMs >= AGAIN_AFTER_MS);
  }

  /** @returns undefined if the server refuses */
  private async explainShape(statistics: QueryStatistics): Promise<QueryPlan | undefined> {
    const { sample, slow } = statistics;
    const before = this.explained.get(statistics)?.plan;
    // Set first, so that a query that can't be explained does not come again at once.
    this.explained.set(statistics, { plan: before, slow, atMs: this.nowMs() });
    try {
      const plan = queryPlanOf(await this.run(sample ?? {}), new Date());
      this.explained.set(statistics, { plan, slow, atMs: this.nowMs() });
      this.refused = undefined;
      return plan;
    } catch (error) {
      if (!isRefusal(error)) throw translateDatabaseError(error);
      this.refuse(messageOf(error));
      return undefined;
    }
  }

  private run(sample: QuerySample): Promise<unknown> {
    const { db } = this.pool.connection;
    if (!db || !this.pool.isAvailable) throw new DependencyUnavailableError('mongodb');
    return db.command({ explain: sample, verbosity: 'executionStats', maxTimeMS: MAX_TIME_MS });
  }

  private refuse(reason: string): void {
    if (!this.refused)
      this.logger.warn({ reason }, 'the database explains no queries; advice on queries is off for an hour');
    this.refused = { reason, atMs: this.nowMs() };
  }
}

/** An answer that is no plan (a proxy or another database) is one too. */
const isRefusal = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof mongo.MongoServerError && REFUSALS.has(error.code));
