import { DependencyUnavailableError, messageOf, type Logger } from '@slipstream/contracts';
import { currentContext, errorType } from '@slipstream/telemetry';
import { Cluster, type Redis } from 'ioredis';
import { OutageLog } from './outage-log.js';
import { createCommandClient, createSubscriberClient, type ClientTimeouts } from './redis-client.js';
import { toRedisError } from './redis-error.js';
import { RedisSubscriber } from './redis-subscriber.js';
import { parseRedisUrl, type RedisEndpoint, type RedisNode } from './redis-url.js';

/** Options of {@link RedisConnections}. */
export interface RedisConnectionsOptions {
  /** `redis://`, `rediss://` (TLS) or `redis+cluster://host1:port1,host2:port2`; see {@link parseRedisUrl}. */
  url: string;
  logger: Logger;
  /** Time limit of one command, from its sending. Default 1000, minimum 1. */
  commandTimeoutMs?: number;
  /** Time limit of connecting. Default 2000, minimum 1. */
  connectTimeoutMs?: number;
  /** Called after each operation, for metrics. */
  observe?: (operation: string, outcome: 'ok' | 'error', seconds: number) => void;
}

/** One operation may be several commands. */
const REDIS = { 'db.system.name': 'redis' };

/**
 * A process's connections to Redis. The constructor starts to connect and does not wait: an unreachable Redis delays no
 * start, and commands fail at once until it answers.
 *
 * @throws StartupError if the URL is malformed
 */
export class RedisConnections {
  /** For everything but pub/sub. Prefer {@link run}, which maps errors. */
  readonly commands: Redis | Cluster;
  /** For pub/sub. */
  readonly subscriber: RedisSubscriber;

  private readonly observe: NonNullable<RedisConnectionsOptions['observe']>;

  constructor({
    url,
    logger,
    commandTimeoutMs = 1_000,
    connectTimeoutMs = 2_000,
    observe = () => undefined,
  }: RedisConnectionsOptions) {
    this.observe = observe;
    const endpoint = parseRedisUrl(url);
    const timeouts: ClientTimeouts = { commandTimeoutMs, connectTimeoutMs };
    const outages = new OutageLog(logger);
    this.commands = createCommandClient(endpoint, timeouts);
    reportOutages(this.commands, outages);
    this.subscriber = new RedisSubscriber(
      () => createSubscriberClient(endpoint, pickNode(endpoint, this.commands), timeouts),
      outages,
    );
  }

  /** Whether commands can currently be sent. */
  get isReady(): boolean {
    return this.commands.status === 'ready';
  }

  /** Each server with keys, for rare commands (SCAN) that every one of them must run. */
  masters(): Redis[] {
    return this.commands instanceof Cluster ? this.commands.nodes('master') : [this.commands];
  }

  /**
   * Sends commands.
   *
   * @param operation name for metrics; one of a fixed set, such as `event.append`
   * @throws DependencyUnavailableError if Redis is unreachable, silent, or not serving
   */
  async run<T>(operation: string, call: (commands: Redis | Cluster) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const span = currentContext()?.span?.child({ name: operation, kind: 'client', attributes: REDIS });
    const done = (outcome: 'ok' | 'error') => this.observe(operation, outcome, (performance.now() - startedAt) / 1000);
    try {
      const result = await call(this.commands);
      done('ok');
      return result;
    } catch (error) {
      done('error');
      span?.fail(errorType(error));
      throw toRedisError(error);
    } finally {
      span?.end();
    }
  }

  /** Sends a request to the server. @throws DependencyUnavailableError if it does not answer */
  async check(): Promise<void> {
    try {
      await this.commands.ping();
    } catch (cause) {
      throw new DependencyUnavailableError('redis', { cause });
    }
  }

  /** Waits for running commands, then disconnects. May be called again, and during an outage. */
  async close(): Promise<void> {
    this.subscriber.close();
    if (this.isReady) await this.commands.quit().catch(() => {}); // closing anyway
    this.commands.disconnect();
  }
}

function reportOutages(client: Redis | Cluster, outages: OutageLog): void {
  let reason = 'connection closed';
  client.on('error', (error) => (reason = messageOf(error)));
  client.on('ready', () => outages.cameBack('commands'));
  client.on('reconnecting', () => outages.went('commands', reason));
}

/** Any node of a cluster receives every message: a random one distributes the subscribers, and replaces a lost one. */
function pickNode(endpoint: RedisEndpoint, client: Redis | Cluster): RedisNode {
  const known =
    client instanceof Cluster ? client.nodes().map(({ options }) => ({ host: options.host, port: options.port })) : [];
  const nodes = [
    ...known.filter((node): node is RedisNode => node.host !== undefined && node.port !== undefined),
    ...endpoint.nodes,
  ];
  return nodes[Math.floor(Math.random() * nodes.length)] ?? endpoint.nodes[0];
}
