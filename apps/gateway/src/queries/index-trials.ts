import {
  ConflictError,
  messageOf,
  NotFoundError,
  type CreateIndexRequest,
  type IndexTrial,
  type NamedIndexRequest,
} from '@slipstream/contracts';
import type { IndexChanges } from '@slipstream/mongo';
import type { SharedQueries } from '@slipstream/runtime';
import type { Logger } from '@slipstream/telemetry';
import type { IndexTrialStore } from './index-trial.store.js';
import { compare, measure, shapesOf, type ShapeFigures } from './shape-figures.js';

/** A hidden index is dropped after this time at the earliest: queries that run once a day have run. */
const WATCH_MS = 86_400_000;

/** A running trial is stored again in this interval; one that was not for three of them has lost its gateway. */
const BEAT_MS = 60_000;

/** Dependencies of {@link IndexTrials}. */
export interface IndexTrialPorts {
  queries: Pick<SharedQueries, 'gather' | 'explain' | 'advice'>;
  changes: Pick<IndexChanges, 'build' | 'drop' | 'setHidden'>;
  trials: Pick<IndexTrialStore, 'list' | 'find' | 'save'>;
  logger: Pick<Logger, 'info' | 'warn'>;
  /** Called after an index was hidden, restored, built or dropped. */
  changed?: () => Promise<void>;
  /** Default `Date.now`. */
  nowMs?: () => number;
}

/**
 * Applies advice on indexes that an operator confirmed, and measures it: an index that improves no query shape is
 * dropped again, and a hidden index without which a shape does more work is restored.
 */
export class IndexTrials {
  private readonly nowMs: () => number;
  /** The trial that runs in this process. */
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly ports: IndexTrialPorts) {
    this.nowMs = ports.nowMs ?? Date.now;
  }

  /** The latest trial of each index. @throws DependencyUnavailableError */
  list(): Promise<IndexTrial[]> {
    return this.ports.trials.list();
  }

  /** Ends the trials whose gateway ended while they ran. An index that was hidden for one is shown again. */
  async endAbandoned(): Promise<void> {
    const since = this.nowMs() - 3 * BEAT_MS;
    const trials = (await this.ports.trials.list()).filter(
      ({ state, changedAt }) => state === 'running' && Date.parse(changedAt) < since,
    );
    for (const trial of trials) {
      await this.ports.changes.setHidden(trial.collection, trial.name, false).catch(() => undefined);
      const reason = 'the gateway ended during the trial; if the index was built, it stays and was not measured';
      await this.end(trial, { state: 'refused', reason });
    }
  }

  /** Resolves when no trial runs in this process. */
  settled(): Promise<void> {
    return this.running;
  }

  /**
   * Begins to build an advised index.
   * @throws ConflictError `index_not_advised`. @throws DependencyUnavailableError
   */
  async create({ collection, index }: CreateIndexRequest): Promise<IndexTrial> {
    const { items } = await this.ports.queries.advice();
    const wanted = JSON.stringify(index);
    const advised = items.some(
      (each) => each.kind === 'create_index' && each.collection === collection && JSON.stringify(each.index) === wanted,
    );
    if (!advised) throw new ConflictError('index_not_advised');
    const name = Object.entries(index).flat().join('_');
    return this.begin({ collection, name, index }, () => this.build(collection, index));
  }

  /**
   * Begins to hide a superfluous index.
   * @throws ConflictError `index_not_advised`. @throws DependencyUnavailableError
   */
  async hide({ collection, name }: NamedIndexRequest): Promise<IndexTrial> {
    const { items } = await this.ports.queries.advice();
    const advised = items.find(
      (each) => each.kind === 'hide_index' && each.collection === collection && each.name === name,
    );
    if (advised?.kind !== 'hide_index') throw new ConflictError('index_not_advised');
    return this.begin({ collection, name, index: advised.index }, () => this.hideAndMeasure(collection, name));
  }

  /** Shows a hidden index to the planner again. @throws NotFoundError `index_trial_not_found` */
  async restore({ collection, name }: NamedIndexRequest): Promise<IndexTrial> {
    const trial = await this.hidden(collection, name);
    await this.ports.changes.setHidden(collection, name, false);
    return this.end(trial, { state: 'restored', reason: 'an operator restored it' });
  }

  /**
   * Drops an index that was hidden for a day without any query shape getting worse; restores it if one did.
   * @throws NotFoundError `index_trial_not_found`. @throws ConflictError `index_watched`
   */
  async drop({ collection, name }: NamedIndexRequest): Promise<IndexTrial> {
    const trial = await this.hidden(collection, name);
    const leftMs = Date.parse(trial.changedAt) + WATCH_MS - this.nowMs();
    if (leftMs > 0)
      throw new ConflictError('index_watched', undefined, { retryAfterSeconds: Math.ceil(leftMs / 1000) });
    const before = new Map(trial.shapes.map((shape) => [shape.query, shape.before]));
    const after = await measure(this.ports.queries, collection);
    const outcome = await this.restoredIfWorse(collection, name, before, after);
    if (outcome) return this.end(trial, outcome);
    await this.ports.changes.drop(collection, name);
    return this.end(trial, {
      state: 'removed',
      reason: 'no query did more work without it',
      shapes: shapesOf(before, after),
    });
  }

  private async hidden(collection: string, name: string): Promise<IndexTrial> {
    const trial = await this.ports.trials.find(collection, name);
    if (trial?.state !== 'hidden') throw new NotFoundError('index_trial', `${collection}.${name}`);
    return trial;
  }

  private async begin(
    index: Pick<IndexTrial, 'collection' | 'name' | 'index'>,
    run: () => Promise<Outcome>,
  ): Promise<IndexTrial> {
    const trial = await this.end({ ...index, shapes: [] }, { state: 'running', reason: 'the queries are measured' });
    const task = async (): Promise<void> => {
      const beat = this.keepAlive(trial);
      const outcome = await run().catch((error: unknown): Outcome => ({ state: 'refused', reason: messageOf(error) }));
      clearInterval(beat);
      await this.end(trial, outcome);
    };
    this.running = this.running.then(task).catch((error: unknown) => {
      this.ports.logger.warn({ reason: messageOf(error), index }, 'the result of an index trial was not stored');
    });
    return trial;
  }

  private keepAlive(trial: IndexTrial): NodeJS.Timeout {
    const beat = (): Promise<void> =>
      this.ports.trials.save({ ...trial, changedAt: this.now() }).catch(() => undefined);
    return setInterval(() => void beat(), BEAT_MS).unref();
  }

  private async build(collection: string, index: IndexTrial['index']): Promise<Outcome> {
    const { queries, changes } = this.ports;
    const before = await measure(queries, collection);
    const name = await changes.build(collection, index);
    const after = await measure(queries, collection);
    const shapes = shapesOf(before, after);
    const { better, worse } = compare(before, after);
    if (better.length > 0 && worse.length === 0)
      return { state: 'kept', reason: `${better.length} query shapes do at most half the work`, shapes };
    await changes.drop(collection, name);
    const reason = worse.length > 0 ? `${worse.length} query shapes did more work` : 'no query shape did less work';
    return { state: 'dropped', reason, shapes };
  }

  private async hideAndMeasure(collection: string, name: string): Promise<Outcome> {
    const before = await measure(this.ports.queries, collection);
    await this.ports.changes.setHidden(collection, name, true);
    const after = await measure(this.ports.queries, collection);
    const reason = 'no query shape did more work; it can be dropped after a day';
    return (
      (await this.restoredIfWorse(collection, name, before, after)) ?? {
        state: 'hidden',
        reason,
        shapes: shapesOf(before, after),
      }
    );
  }

  private async restoredIfWorse(
    collection: string,
    name: string,
    before: ShapeFigures,
    after: ShapeFigures,
  ): Promise<Outcome | undefined> {
    const { worse } = compare(before, after);
    if (worse.length === 0) return undefined;
    await this.ports.changes.setHidden(collection, name, false);
    return {
      state: 'restored',
      reason: `${worse.length} query shapes did more work without it`,
      shapes: shapesOf(before, after),
    };
  }

  private async end(trial: Omit<IndexTrial, 'state' | 'reason' | 'changedAt'>, outcome: Outcome): Promise<IndexTrial> {
    const ended = { ...trial, ...outcome, changedAt: this.now() };
    await this.ports.trials.save(ended);
    const { collection, name, state, reason } = ended;
    this.ports.logger.info({ collection, index: name, state }, `index trial: ${state}: ${reason}`);
    if (state !== 'running') await this.ports.changed?.();
    return ended;
  }

  private now(): string {
    return new Date(this.nowMs()).toISOString();
  }
}

type Outcome = Pick<IndexTrial, 'state' | 'reason'> & Partial<Pick<IndexTrial, 'shapes'>>;
