import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { reconnectDelayMs } from './reconnect-delay.js';
import type { RedisEndpoint, RedisNode } from './redis-url.js';

/** Number of redirects or replaced nodes after which a command fails. */
const MAX_REDIRECTIONS = 4;

export interface ClientTimeouts {
  commandTimeoutMs: number;
  connectTimeoutMs: number;
}

/** The client for commands. It queues nothing during an outage, so a command fails at once; it reconnects for ever. */
export function createCommandClient(endpoint: RedisEndpoint, timeouts: ClientTimeouts): Redis | Cluster {
  const options = connectionOptions(endpoint, timeouts);
  if (endpoint.kind === 'cluster') {
    return new Cluster(endpoint.nodes, {
      enableOfflineQueue: false,
      maxRedirections: MAX_REDIRECTIONS,
      clusterRetryStrategy: (attempt) => reconnectDelayMs(attempt),
      slotsRefreshTimeout: timeouts.connectTimeoutMs,
      // A certificate is checked against the name in the URL, so that name must not be replaced by its address before
      // the handshake.
      dnsLookup: endpoint.tls ? (address, done) => done(null, address) : undefined,
      redisOptions: options,
    });
  }
  return new Redis({
    ...options,
    ...endpoint.nodes[0],
    db: endpoint.database,
    enableOfflineQueue: false,
    // The outcome of unfinished commands is unknown when the connection breaks: their callers get an error at once.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => reconnectDelayMs(attempt),
    // After a failover the old address may be a replica: reconnect to reach the new primary.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
}

/** One connection for pub/sub, which ends when it is lost: the subscriber chooses the next node itself. */
export function createSubscriberClient(endpoint: RedisEndpoint, node: RedisNode, timeouts: ClientTimeouts): Redis {
  return new Redis({
    ...connectionOptions(endpoint, timeouts),
    ...node,
    db: endpoint.database,
    retryStrategy: () => null,
    autoResubscribe: false,
  });
}

function connectionOptions(
  endpoint: RedisEndpoint,
  { commandTimeoutMs, connectTimeoutMs }: ClientTimeouts,
): RedisOptions {
  return {
    username: endpoint.username,
    password: endpoint.password,
    tls: endpoint.tls ? {} : undefined,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    // A peer that vanished without closing keeps its socket open for hours: an unanswered command closes it.
    socketTimeout: commandTimeoutMs * 2,
    connectionName: 'slipstream',
    disableClientInfo: true,
  };
}
