import type { mongo } from 'mongoose';
import { numberOf, objectOf, type JsonObject } from '../explain/explain-json.js';
import type { Logger } from '@slipstream/contracts';
import { BytesEstimate } from './bytes-estimate.js';
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

/** What the queries of one shape did in this process. */
export interface QueryStatistics {
  readonly shape: QueryShape;
  readonly durations: DurationSketch;
  errors: number;
  slow: number;
  /** Documents that the queries returned, or wrote. */
  documents: number;
  /** Bytes of the answers. */
  readonly bytes: BytesEstimate;
  /** Most queries of this shape that one request or job sent within a second. */
  maxPerWork: number;
  /** The number of the latest command of this shape among all commands of the monitor. */
  usedAt: number;
  /** The shape made room for another one; what is counted here is not reported. */
  isEvicted: boolean;
  /** A command of this shape with its values, the latest slow one if any was slow: for `explain`, never shown. */
  sample?: QuerySample;
}

/** A command without an answer yet. */
interface Running {
  readonly statistics: QueryStatistics;
  readonly command: JsonObject;
}

/** The part of a driver's client that reports commands; it must be opened with `monitorCommands`. */
export type CommandSource = Pick<mongo.MongoClient, 'on'>;

/** A command whose answer is not there after so many later ones is forgotten. */
const MAX_UNDER_WAY = 10_000;

const MAX_SLOW_NAMES = 200;

const READS = new Set(['find', 'aggregate', 'count', 'distinct']);

/** Statistics of queries by shape, from the driver's command events. Memory is bounded; values are never shown. */
export class QueryMonitor {
  private readonly shapes = new Map<string, QueryStatistics>();
  private readonly paths = new ShapePaths<QueryStatistics>();
  private commands = 0;
  private readonly underWay = new Map<number, Running>();
  private readonly cursors = new OpenCursors<QueryStatistics>();
  private readonly workReads = new WorkReads();
  private readonly slowQueryMs: number;
  private readonly maxShapes: number;
  /** Shapes that made room for others. */
  evicted = 0;
  /** Slow queries by `operation collection`, of shapes that made room too; at most 200 names. */
  readonly slow = new Map<string, number>();

  constructor(private readonly options: QueryMonitorOptions) {
    this.slowQueryMs = options.slowQueryMs ?? 100;
    this.maxShapes = options.maxShapes ?? 500;
  }

  /** Measures the commands of this client from now on. */
  watch(client: CommandSource): void {
    client.on('commandStarted', ({ requestId, commandName, command }) => this.started(requestId, commandName, command));
    client.on('commandSucceeded', ({ requestId, duration, reply }) => this.ended(requestId, duration, objectOf(reply)));
    client.on('commandFailed', ({ requestId, duration }) => this.ended(requestId, duration, undefined));
  }

  /** All shapes, the one with the most time in all first. */
  statistics(): QueryStatistics[] {
    return [...this.shapes.values()].toSorted((a, b) => b.durations.totalMs - a.durations.totalMs);
  }

  find(id: string): QueryStatistics | undefined {
    return [...this.shapes.values()].find(({ shape }) => shape.id === id);
  }

  private started(requestId: number, name: string, command: JsonObject): void {
    const statistics = name === 'getMore' ? this.cursors.get(command.getMore) : this.statisticsOf(name, command);
    if (!statistics || statistics.isEvicted) return;
    statistics.usedAt = this.commands += 1;
    if (READS.has(name)) statistics.maxPerWork = Math.max(statistics.maxPerWork, this.workReads.add(statistics));
    this.underWay.set(requestId, { statistics, command });
    if (this.underWay.size > MAX_UNDER_WAY) this.underWay.delete(firstKey(this.underWay));
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
    this.shapes.set(statistics.shape.key, statistics);
    return statistics;
  }

  /** @param reply undefined when the command failed */
  private ended(requestId: number, durationMs: number, reply: JsonObject | undefined): void {
    const running = this.underWay.get(requestId);
    if (!running) return;
    this.underWay.delete(requestId);
    const { statistics, command } = running;
    const isSlow = durationMs >= this.slowQueryMs;
    if (isSlow || statistics.durations.count === 0)
      statistics.sample = sampleOf(statistics.shape, command) ?? statistics.sample;
    statistics.durations.add(durationMs);
    if (reply) this.answered(statistics, reply);
    else statistics.errors += 1;
    if (isSlow) this.report(statistics, durationMs);
  }

  private answered(statistics: QueryStatistics, reply: JsonObject): void {
    statistics.documents += documentsIn(reply);
    statistics.bytes.add(reply);
    this.cursors.set(objectOf(reply.cursor).id, statistics);
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

const newStatistics = (shape: QueryShape): QueryStatistics => ({
  shape,
  usedAt: 0,
  isEvicted: false,
  durations: new DurationSketch(),
  errors: 0,
  slow: 0,
  documents: 0,
  bytes: new BytesEstimate(),
  maxPerWork: 0,
});

/** In a cursor's batch, of a write (`n`), of findAndModify (`value`), or of distinct (`values`). */
function documentsIn({ cursor, n, value, values }: JsonObject): number {
  const { firstBatch, nextBatch } = objectOf(cursor);
  for (const list of [firstBatch, nextBatch, values]) if (Array.isArray(list)) return list.length;
  return numberOf(n) ?? (value ? 1 : 0);
}

function firstKey<K>(map: Map<K, unknown>): K {
  const [key] = map.keys();
  return key!;
}
