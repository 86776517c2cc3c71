import { NotFoundError, type CreateHintRequest, type QueryHint } from '@slipstream/contracts';
import { queryTotals, type CollectionIndex } from '@slipstream/mongo';
import type { SharedQueries } from '@slipstream/runtime';
import type { Logger } from '@slipstream/telemetry';
import type { QueryHintStore } from './query-hint.store.js';
import { figuresOf, workOf, type Figures } from './shape-figures.js';

/** An active hint is measured again after this time. */
const CHECK_MS = 600_000;
/** Of the indexes of a collection, so many are tried. */
const MAX_TRIED = 8;
/** Reads that can be sent again without their hint. */
const HINTED = new Set(['find', 'aggregate', 'count']);

/** Dependencies of {@link QueryHints}. */
export interface QueryHintPorts {
  queries: Pick<SharedQueries, 'gather' | 'explain' | 'indexes' | 'useHints'>;
  hints: Pick<QueryHintStore, 'list' | 'save'>;
  logger: Pick<Logger, 'info'>;
  /** Default `Date.now`. */
  nowMs?: () => number;
}

interface Measured {
  readonly index: string;
  readonly figures: Figures;
}

/** Lets queries name an index to the planner, if that is measured better than the planner's own choice. */
export class QueryHints {
  private readonly nowMs: () => number;

  constructor(private readonly ports: QueryHintPorts) {
    this.nowMs = ports.nowMs ?? Date.now;
  }

  /** The latest hint of each shape. @throws DependencyUnavailableError */
  list(): Promise<QueryHint[]> {
    return this.ports.hints.list();
  }

  /**
   * Measures a query with a hint, and activates the hint if the query then does at most half the work.
   * @throws NotFoundError `query_not_found` if no process sent such a read. @throws SlipstreamError `explain_refused`
   * @throws DependencyUnavailableError
   */
  async create({ query, index }: CreateHintRequest): Promise<QueryHint> {
    const shape = queryTotals(await this.ports.queries.gather()).find(({ id }) => id === query);
    if (!shape || !HINTED.has(shape.operation)) throw new NotFoundError('query', query);
    const { collection } = shape;
    const without = figuresOf(await this.ports.queries.explain(query));
    const all = (await this.ports.queries.indexes(collection)).filter(isHintable);
    const tried = all.filter(({ name }) => index === undefined || name === index).slice(0, MAX_TRIED);
    const best = await this.best(query, tried);
    const about = { query, collection, index: best?.index ?? index ?? '', without, with: best?.figures };
    return this.save(
      best && workOf(best.figures) <= workOf(without) / 2 && workOf(without) > 0
        ? { ...about, state: 'active', reason: 'the query does at most half the work' }
        : {
            ...about,
            state: 'refused',
            reason: best ? 'the query still does more than half the work' : 'no index can be used',
          },
    );
  }

  /** @throws NotFoundError `query_hint_not_found` */
  async remove(query: string): Promise<QueryHint> {
    const hint = (await this.active()).find((each) => each.query === query);
    if (!hint) throw new NotFoundError('query_hint', query);
    return this.save({ ...hint, state: 'removed', reason: 'an operator removed it' });
  }

  /** Repeats the active hints to all processes, and measures again those that were not for ten minutes. */
  async look(): Promise<void> {
    const since = this.nowMs() - CHECK_MS;
    for (const hint of await this.active()) if (Date.parse(hint.checkedAt) <= since) await this.check(hint);
    await this.publish();
  }

  /** Removes at once the hints whose index was dropped or hidden. */
  async indexesChanged(): Promise<void> {
    for (const hint of await this.active())
      if (!(await this.hasIndex(hint)))
        await this.save({ ...hint, state: 'removed', reason: 'its index was dropped or hidden' });
  }

  private async check(hint: QueryHint): Promise<void> {
    if (!(await this.hasIndex(hint)))
      return void (await this.save({ ...hint, state: 'removed', reason: 'its index was dropped or hidden' }));
    const plan = await this.ports.queries.explain(hint.query).catch(() => undefined);
    const hinted = plan && (await this.best(hint.query, [{ name: hint.index }]));
    if (!plan || !hinted) return; // no process has a sample now
    const measured = { ...hint, without: figuresOf(plan), with: hinted.figures };
    const helps = workOf(measured.with) < 0.9 * workOf(measured.without);
    await this.save(
      helps ? measured : { ...measured, state: 'removed', reason: 'the query does no less work with it' },
    );
  }

  private async best(query: string, indexes: readonly Pick<CollectionIndex, 'name'>[]): Promise<Measured | undefined> {
    const measured: Measured[] = [];
    for (const { name } of indexes) {
      const plan = await this.ports.queries.explain(query, name).catch(() => undefined);
      if (plan) measured.push({ index: name, figures: figuresOf(plan) });
    }
    return measured.toSorted((a, b) => workOf(a.figures) - workOf(b.figures))[0];
  }

  private async hasIndex({ collection, index }: QueryHint): Promise<boolean> {
    return (await this.ports.queries.indexes(collection)).filter(isHintable).some(({ name }) => name === index);
  }

  private async active(): Promise<QueryHint[]> {
    return (await this.ports.hints.list()).filter(({ state }) => state === 'active');
  }

  private async publish(): Promise<void> {
    this.ports.queries.useHints((await this.active()).map(({ query, index }) => ({ query, index })));
  }

  private async save(hint: Omit<QueryHint, 'checkedAt'>): Promise<QueryHint> {
    const saved = { ...hint, checkedAt: new Date(this.nowMs()).toISOString() };
    await this.ports.hints.save(saved);
    const { query, collection, index, state, reason } = saved;
    this.ports.logger.info({ query, collection, index, state }, `query hint: ${state}: ${reason}`);
    await this.publish();
    return saved;
  }
}

/** A query that names a sparse or partial index would lose documents; the planner refuses hidden ones. */
const isHintable = ({ isHidden, isIncomplete, purpose }: CollectionIndex): boolean =>
  !isHidden && !isIncomplete && purpose !== 'special';
