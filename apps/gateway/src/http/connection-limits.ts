export interface ConnectionSettings {
  /** Open connections. 0: no limit. Default: from the process's limit of open files. */
  maxConnections?: number;
  /**
   * The same per client address; trusted peers are exempt. 0: no limit. Default: a quarter of the total, at least 500.
   */
  maxConnectionsPerAddress?: number;
}

/** Files other than connections of clients and backends: logs, stores, the event loop. */
const RESERVED_FILES = 64;
const MIN_CONNECTIONS = 16;
/** Above this, memory runs out before files. */
const MAX_CONNECTIONS = 20_000;
/** Enough for an office with one address, with six HTTP/1.1 connections and a WebSocket per browser. */
const MIN_PER_ADDRESS = 500;

/** Each connection of a client may need another one to a backend. @param openFiles limit of the process */
export function connectionLimitsOf(settings: ConnectionSettings, openFiles: number): Required<ConnectionSettings> {
  const halfOfFiles = Math.floor((openFiles - RESERVED_FILES) / 2);
  const { maxConnections = Math.max(MIN_CONNECTIONS, Math.min(MAX_CONNECTIONS, halfOfFiles)) } = settings;
  const { maxConnectionsPerAddress = Math.max(MIN_PER_ADDRESS, Math.floor((maxConnections || MAX_CONNECTIONS) / 4)) } =
    settings;
  return { maxConnections, maxConnectionsPerAddress };
}
