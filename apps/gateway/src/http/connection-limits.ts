export interface ConnectionSettings {
  /** Open connections. 0: any number. Default: by the open files that the process may have. */
  maxConnections?: number;
  /**
   * The same per client address; trusted peers are exempt. 0: any number. Default: a quarter of them all, at least 500.
   */
  maxConnectionsPerAddress?: number;
}

/** Files that are no connections of clients or backends: logs, stores, the event loop. */
const RESERVED_FILES = 64;
const MIN_CONNECTIONS = 16;
/** Above this, memory is short before files are. */
const MAX_CONNECTIONS = 20_000;
/** An office behind one address, with six connections of HTTP/1.1 and a WebSocket per browser. */
const MIN_PER_ADDRESS = 500;

/** Each connection of a client may need another to a backend. @param openFiles that the process may have at a time */
export function connectionLimitsOf(settings: ConnectionSettings, openFiles: number): Required<ConnectionSettings> {
  const halfOfFiles = Math.floor((openFiles - RESERVED_FILES) / 2);
  const { maxConnections = Math.max(MIN_CONNECTIONS, Math.min(MAX_CONNECTIONS, halfOfFiles)) } = settings;
  const { maxConnectionsPerAddress = Math.max(MIN_PER_ADDRESS, Math.floor((maxConnections || MAX_CONNECTIONS) / 4)) } =
    settings;
  return { maxConnections, maxConnectionsPerAddress };
}
