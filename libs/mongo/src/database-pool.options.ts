import type { ConnectOptions } from 'mongoose';
import type { Logger } from '@slipstream/contracts';
import type { DatabaseClock } from './database-clock.js';
import { hasDatabase } from './database-uri.js';

export interface DatabasePoolOptions {
  /** `mongodb://` or `mongodb+srv://` address; the database is the path, `slipstream` without one. */
  uri: string;
  /** Largest number of connections of this process. Default 50. */
  maxPoolSize?: number;
  /** Number of connections that stay open while idle. Default 10. */
  minPoolSize?: number;
  /** Time after which an idle connection above the minimum is closed. Default 30000. */
  maxIdleTimeMs?: number;
  /** Longest time that an operation waits for a free connection. Default 10000. */
  waitQueueTimeoutMs?: number;
  /** A query that takes this long is logged, without its values. Default 100. */
  slowQueryMs?: number;
  /** Whether the pool observes its queries by their shape. Default true. */
  queryMonitor?: boolean;
  /** Longest time that an operation looks for a server after a loss. Default 1500. */
  serverSelectionTimeoutMs?: number;
  /** Longest time without a byte from the server while an operation waits for it; 0: no limit. Default 30000. */
  socketTimeoutMs?: number;
  /**
   * Clock of waits and leases in the database. Default the server's, which the pool reads from its heartbeats.
   */
  clock?: DatabaseClock;
  logger: Logger<'info' | 'warn'>;
  /** Called after each operation, for metrics. */
  observe?: (operation: string, outcome: 'ok' | 'error', seconds: number) => void;
}

/** Options of the driver. Mongoose buffers no operations, because `DatabasePool.run` rejects at once. */
export const connectOptions = (options: Omit<DatabasePoolOptions, 'logger'>): ConnectOptions => ({
  appName: 'slipstream',
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
  maxPoolSize: options.maxPoolSize ?? 50,
  minPoolSize: options.minPoolSize ?? 10,
  maxIdleTimeMS: options.maxIdleTimeMs ?? 30_000,
  waitQueueTimeoutMS: options.waitQueueTimeoutMs ?? 10_000,
  serverSelectionTimeoutMS: options.serverSelectionTimeoutMs ?? 1500,
  heartbeatFrequencyMS: 2000,
  connectTimeoutMS: 5000,
  socketTimeoutMS: options.socketTimeoutMs ?? 30_000,
  ...(hasDatabase(options.uri) ? {} : { dbName: 'slipstream' }),
});
