import { numberOf, type JsonObject } from '../explain/explain-json.js';
import { messageOf, type Logger } from '@slipstream/contracts';
import { bytesOf, cursorIn, documentsIn, type CommandReply } from './command-reply.js';
import type { CommandEnd, CommandObserver } from './command-tap.js';
import { DurationSketch } from './duration-sketch.js';
import { OpenCursors } from './open-cursors.js';
import { queryShape, type QueryShape } from './query-shape.js';
import { ShapePaths } from './shape-paths.js';
import { WorkReads } from './work-reads.js';
import { sampleOf, type QuerySample } from './query-sample.js';

export interface QueryMonitorOptions {
  /** A query that takes this long is logged. Default 100. */
  slowQueryMs?: number;
  /** Shapes kept; the one that was used least recently makes room. Default 500. */
  maxShapes?: number;
  logger: Logger<'info' | 'warn'>;
}

/** Statistics of the queries of one shape in this process. */
export interface QueryStatistics {
  readonly shape: QueryShape;
  readonly durations: DurationSketch;
  errors: number;
  slow: number;
  /** Documents that the queries returned, or wrote. */
  documents: number;
  /** Bytes of the answers. */
  bytes: number;
  /** Most queries of this shape that one request or job sent within a second. */
  maxPerWork: number;
  /** The number of the latest command of this shape among all commands of the monitor. */
  usedAt: number;
  /** The shape made room for another one; its counts are not reported. */
  isEvicted: boolean;
  /** Name of the index that the queries of this shape are to use. */
  hint?: string;
  /** A command of this shape with its values, the latest slow one if any was slow: for `explain`, never shown. */
  sample?: QuerySample;
}

/** A command without an answer yet. */
export interface RunningQuery {
  readonly statistics: QueryStatistics;
  readonly command: JsonObject;
}

const MAX_SLOW_NAMES = 200;

/** Commands that get a hint: they only read, so that they can be sent again without it. */
const HINTED = new Set(['find', 'aggregate', 'count']);

const READS = new Set(['find', 'aggregate', 'count', 'distinct']);

/** Statistics of queries by shape. Memory is bounded; values are never shown. */
export class QueryMonitor implements CommandObserver<RunningQuery> {
  private readonly shapes = new Map<string, QueryStatistics>();
  private readonly paths = new ShapePaths<QueryStatistics>();
  private commands = 0;
  private readonly cursors = new OpenCursors<QueryStatistics>();
  private readonly workReads = new WorkReads();
  private readonly slowQueryMs: number;
  private readonly maxShapes: number;
  /** Names of indexes by the ids of shapes. */
  private hints: ReadonlyMap<string, string> = new Map();
  /** Shapes that made room for others. */
  evicted = 0;
  /** Slow queries by `operation collection`, of shapes that made room too; at most 200 names. */
  readonly slow = new Map<string, number>();

  constructor(private readonly options: QueryMonitorOptions) {
    this.slowQueryMs = options.slowQueryMs ?? 100;
    this.maxShapes = options.maxShapes ?? 500;
  }

  started(name: string, command: JsonObject): RunningQuery | undefined {
    const statistics = name === 'getMore' ? this.cursors.get(command.getMore) : this.statisticsOf(name, command);
    if (!statistics || statistics.isEvicted) return undefined;
    statistics.usedAt = this.commands += 1;
    if (READS.has(name)) statistics.maxPerWork = Math.max(statistics.maxPerWork, this.workReads.add(statistics));
    return { statistics, command };
  }

  ended({ statistics, command }: RunningQuery, durationMs: number, end: CommandEnd): void {
    const isSlow = durationMs >= this.slowQueryMs;
    if (isSlow || statistics.durations.count === 0)
      statistics.sample = sampleOf(statistics.shape, command) ?? statistics.sample;
    statistics.durations.add(durationMs);
    if ('reply' in end) this.answered(statistics, command, end.reply);
    else statistics.errors += 1;
    if (isSlow) this.report(statistics, durationMs);
  }

  /** Lets the queries of these shapes (by id) name an index from now on, and no others. */
  useHints(hints: ReadonlyMap<string, string>): void {
    this.hints = hints;
    for (const statistics of this.shapes.values()) statistics.hint = hints.get(statistics.shape.id);
  }

  hintOf({ statistics: { shape, hint }, command }: RunningQuery): string | undefined {
    if (hint === undefined) return undefined;
    return HINTED.has(shape.operation) && shape.operation in command && command.hint === undefined ? hint : undefined;
  }

  /** The index is gone, perhaps. The shape gets no hint until {@link useHints}. */
  hintFailed({ statistics }: RunningQuery, error: unknown): void {
    const { shape, hint } = statistics;
    statistics.hint = undefined;
    this.options.logger.warn(
      { shape: shape.id, collection: shape.collection, index: hint, reason: messageOf(error) },
      'a hint failed, so the query was sent without it; see GET /admin/queries/hints',
    );
  }

  /** All shapes, the one with the most time in all first. */
  statistics(): QueryStatistics[] {
    return [...this.shapes.values()].toSorted((a, b) => b.durations.totalMs - a.durations.totalMs);
  }

  find(id: string): QueryStatistics | undefined {
    return [...this.shapes.values()].find(({ shape }) => shape.id === id);
  }

  /** Building a shape costs more than all the rest, so it is done once for each path. */
  private statisticsOf(name: string, command: JsonObject): QueryStatistics | undefined {
    const path = this.paths.find(name, command);
    const known = path?.value;
    if (known && !known.isEvicted) return known;
    const shape = queryShape(name, command);
    if (!shape) return undefined;
    const statistics = this.shapes.get(shape.key) ?? this.kept(newStatistics(shape));
    if (path) path.value = statistics;
    return statistics;
  }

  private kept(statistics: QueryStatistics): QueryStatistics {
    if (this.shapes.size >= this.maxShapes) {
      const oldest = [...this.shapes.values()].reduce((a, b) => (a.usedAt <= b.usedAt ? a : b));
      oldest.isEvicted = true;
      this.shapes.delete(oldest.shape.key);
      this.evicted += 1;
    }
    if (this.hints.size > 0) statistics.hint = this.hints.get(statistics.shape.id);
    this.shapes.set(statistics.shape.key, statistics);
    return statistics;
  }

  private answered(statistics: QueryStatistics, command: JsonObject, reply: CommandReply): void {
    const documents = documentsIn(reply);
    const bytes = bytesOf(reply);
    statistics.documents += documents;
    statistics.bytes += bytes;
    if (!isLastBatch(command, documents, bytes)) this.cursors.set(cursorIn(reply), statistics);
  }

  private report(statistics: QueryStatistics, durationMs: number): void {
    const { id, operation, collection, text } = statistics.shape;
    statistics.slow += 1;
    const name = `${operation} ${collection}`;
    if (this.slow.has(name) || this.slow.size < MAX_SLOW_NAMES) this.slow.set(name, (this.slow.get(name) ?? 0) + 1);
    this.options.logger.warn(
      { shape: id, operation, collection, query: text, durationMs: Math.round(durationMs) },
      'slow query: see GET /admin/queries, or explain it with npm run db:explain',
    );
  }
}

/** The server's own first batch, if the command names none. */
const DEFAULT_BATCH = 101;
/** The server may end a batch of 16 MiB early. */
const LARGE_BYTES = 1_048_576;

/**
 * Whether a `find` certainly left no cursor open, by its answer's size: reading the cursor costs more than all the rest
 * of an answer.
 */
function isLastBatch(
  { find, tailable, singleBatch, batchSize }: JsonObject,
  documents: number,
  bytes: number,
): boolean {
  if (find === undefined || tailable) return false;
  return singleBatch === true || (bytes < LARGE_BYTES && documents < (numberOf(batchSize) ?? DEFAULT_BATCH));
}

const newStatistics = (shape: QueryShape): QueryStatistics => ({
  shape,
  usedAt: 0,
  isEvicted: false,
  durations: new DurationSketch(),
  errors: 0,
  slow: 0,
  documents: 0,
  bytes: 0,
  maxPerWork: 0,
});
