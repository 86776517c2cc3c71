import mongoose, { type Connection, type mongo } from 'mongoose';
import { DependencyUnavailableError, messageOf, ShortLivedSet, within, type Place } from '@slipstream/contracts';
import { DatabaseClock } from './database-clock.js';
import { translateDatabaseError } from './database-errors.js';
import { connectOptions, type DatabasePoolOptions } from './database-pool.options.js';
import { refuseMalformed } from './database-uri.js';
import { createStartIndexes } from './indexes/start-indexes.js';
import { CommandSpans } from './monitor/command-spans.js';
import { observeCommands } from './monitor/command-tap.js';
import { PoolActivity } from './monitor/pool-activity.js';
import { QueryCache } from './query-cache/query-cache.js';
import { QueryMonitor } from './monitor/query-monitor.js';

const RECONNECT_DELAY_MS = 1000;
/** Interval of logging an outage. */
const REMINDER_MS = 10_000;
/** Longest time that {@link DatabasePool.close} waits for running operations; a process has 5 s to close. */
const DRAIN_MS = 4000;
const WRITABLE = new Set(['RSPrimary', 'Standalone', 'Mongos', 'LoadBalancer']);

/**
 * The process's connections to MongoDB.
 *
 * `start()` returns at once and connects in the background for as long as necessary. While no writable server is known,
 * {@link run} throws {@link DependencyUnavailableError} at once instead of letting a request wait.
 */
export class DatabasePool {
  readonly connection: Connection;
  readonly clock: DatabaseClock;
  /** Activity of its connections. */
  readonly activity = new PoolActivity();
  /** Its queries, by shape. */
  readonly queries: QueryMonitor;
  /** Results of queries with caching requested. */
  readonly queryCache: QueryCache;
  private hasServer = false;
  private hasIndexes = false;
  private closed = false;
  private readonly running = new ShortLivedSet<Promise<unknown>>();
  private retry?: NodeJS.Timeout;
  private remindAt = -Infinity;

  /**
   * @param connection opens `options.uri` already, or is not open. Default a new one
   * @throws StartupError if the address is malformed
   */
  constructor(
    private readonly options: DatabasePoolOptions,
    connection?: Connection,
  ) {
    refuseMalformed(options.uri);
    this.clock = options.clock ?? new DatabaseClock();
    this.queries = new QueryMonitor({ slowQueryMs: options.slowQueryMs, logger: options.logger });
    this.connection = connection ?? mongoose.createConnection();
    this.queryCache = new QueryCache(this.connection);
    // Mongoose reports a failed attempt twice, here and by rejecting; an emitter without a listener would throw.
    this.connection.on('error', () => undefined);
  }

  /** Whether operations can currently succeed. */
  get isAvailable(): boolean {
    return this.hasServer && this.hasIndexes && !this.closed;
  }

  /** Starts to connect, and to create the indexes of the models on {@link connection} that are needed at start. */
  start(): void {
    void this.connect();
  }

  /**
   * Runs one database operation.
   * @param operation name for metrics; one of a fixed set, such as `job.claim`
   * @throws DependencyUnavailableError if the database is unreachable
   */
  async run<T>(operation: string, task: () => Promise<T>): Promise<T> {
    if (!this.isAvailable) throw new DependencyUnavailableError('mongodb');
    const startedAt = performance.now();
    const observe = (outcome: 'ok' | 'error') =>
      this.options.observe?.(operation, outcome, (performance.now() - startedAt) / 1000);
    let place: Place<Promise<unknown>> | undefined;
    try {
      const running = task();
      place = this.running.add(running);
      const result = await running;
      observe('ok');
      return result;
    } catch (error) {
      observe('error');
      throw translateDatabaseError(error);
    } finally {
      if (place) this.running.delete(place);
    }
  }

  /** Sends a request to the server. @throws DependencyUnavailableError */
  async check(): Promise<void> {
    await this.run('ping', async () => this.connection.db?.command({ ping: 1 }));
  }

  /**
   * Refuses new operations, waits up to 4 s for those that {@link run} has begun, then closes all connections. May be
   * called twice.
   */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    await within(this.drained(), DRAIN_MS, () => undefined);
    await this.connection.close();
  }

  /** The driver's own `close` fails the operations that are on their way. */
  private async drained(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  private async connect(): Promise<void> {
    try {
      await this.open();
      this.watchServers();
      await this.watchClock();
      await this.createIndexes();
      this.hasIndexes = true;
      this.options.logger.info({}, 'mongodb connected');
    } catch (error) {
      if (this.closed) return;
      this.complain(error);
      await this.connection.close().catch(() => undefined);
      if (!this.closed) this.retry = setTimeout(() => this.start(), RECONNECT_DELAY_MS);
    }
  }

  /** Nest has started to open the connection; after a failure it is opened again here. */
  private open(): Promise<Connection> {
    const { connection, options } = this;
    if (connection.readyState === mongoose.ConnectionStates.connecting) return connection.asPromise();
    return connection.openUri(options.uri, connectOptions(options));
  }

  private async createIndexes(): Promise<void> {
    const left = await createStartIndexes(this.connection);
    if (left.length === 0) return;
    const indexes = left.map(({ collection, name }) => `${collection}.${name}`);
    this.options.logger.warn({ indexes }, 'indexes are missing, so queries may be slow: run npm run db:indexes');
  }

  private complain(error: unknown): void {
    if (performance.now() < this.remindAt) return;
    this.remindAt = performance.now() + REMINDER_MS;
    this.options.logger.warn({ reason: messageOf(error) }, 'waiting for mongodb: it does not answer yet');
  }

  /**
   * Updates {@link hasServer} from the driver's own view of the topology, so that an outage is known before the next
   * request.
   */
  private watchServers(): void {
    const client = this.connection.getClient();
    this.hasServer = true;
    this.activity.watch(client);
    this.observe(client);
    client.on('topologyDescriptionChanged', ({ newDescription }) => {
      const hasServer = [...newDescription.servers.values()].some((server) => WRITABLE.has(server.type));
      if (hasServer === this.hasServer) return;
      this.hasServer = hasServer;
      this.options.logger[hasServer ? 'info' : 'warn'](
        {},
        hasServer ? 'mongodb is back' : 'mongodb is unreachable; reconnecting',
      );
    });
  }

  private observe(client: mongo.MongoClient): void {
    try {
      observeCommands(client, [...(this.options.queryMonitor === false ? [] : [this.queries]), new CommandSpans()]);
    } catch (error) {
      this.options.logger.warn({ reason: messageOf(error) }, 'queries are not watched: /admin/queries stays empty');
    }
  }

  /** Every heartbeat of the primary contains its clock; the first one came before listeners could be added. */
  private async watchClock(): Promise<void> {
    this.connection.getClient().on('serverHeartbeatSucceeded', ({ reply }) => this.readClock(reply));
    this.readClock(await this.connection.db?.command({ hello: 1 }));
  }

  private readClock(hello: mongo.BSON.Document | undefined): void {
    const isWritable = hello?.isWritablePrimary === true || hello?.ismaster === true;
    if (isWritable && hello.localTime instanceof Date) this.clock.report(hello.localTime);
  }
}
