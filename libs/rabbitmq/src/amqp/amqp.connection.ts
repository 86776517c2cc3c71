import { once } from 'node:events';
import type { Logger, LogLevel } from '@slipstream/contracts';
import { type AmqpConnectionManager, connect } from 'amqp-connection-manager';
import type { ChannelModel } from 'amqplib';

const HEARTBEAT_SECONDS = 10;
const RECONNECT_SECONDS = 1;
const CONNECT_TIMEOUT_MS = 10_000;

interface Dependencies {
  url: string;
  /** Name and properties that RabbitMQ's operator sees. */
  name: string;
  logger: Logger<LogLevel>;
}

/** One connection that reconnects. Its users open their own channels: see RecoveringChannel. */
export class AmqpConnection {
  private readonly manager: AmqpConnectionManager;
  private readonly facts: { endpoint: string; connection: string };
  private lastFailure?: string;
  private blockedBy?: string;
  private readonly unblockedListeners: (() => void)[] = [];

  constructor(private readonly deps: Dependencies) {
    this.facts = { endpoint: endpointOf(deps.url), connection: deps.name };
    this.manager = connect([deps.url], {
      heartbeatIntervalInSeconds: HEARTBEAT_SECONDS,
      reconnectTimeInSeconds: RECONNECT_SECONDS,
      connectionOptions: {
        noDelay: true,
        timeout: CONNECT_TIMEOUT_MS,
        clientProperties: { connection_name: deps.name },
      },
    });
    this.manager.on('connect', () => this.connected());
    this.manager.on('connectFailed', ({ err }) => this.failed(err));
    this.manager.on('disconnect', ({ err }) => this.failed(err));
    this.manager.on('blocked', ({ reason }) => this.blocked(reason));
    this.manager.on('unblocked', () => this.unblocked());
  }

  get current(): ChannelModel | undefined {
    // The types of the manager contain less than it received from amqplib's connect().
    return this.manager.connection as ChannelModel | undefined;
  }

  /** Reason for which RabbitMQ blocks publishers (memory or disk alarm). Undefined while it accepts messages. */
  get blockedReason(): string | undefined {
    return this.blockedBy;
  }

  /** @param listener called whenever RabbitMQ accepts messages again */
  onUnblocked(listener: () => void): void {
    this.unblockedListeners.push(listener);
  }

  /** @throws AbortError */
  async whenConnected(signal: AbortSignal): Promise<ChannelModel> {
    signal.throwIfAborted();
    while (!this.current) await once(this.manager, 'connect', { signal });
    return this.current;
  }

  async close(): Promise<void> {
    await this.manager.close();
  }

  private connected(): void {
    this.lastFailure = undefined;
    this.blockedBy = undefined;
    this.deps.logger.info(this.facts, 'connected to RabbitMQ');
  }

  /** Logged once per reason: an outage of an hour must not log 3,600 lines. */
  private failed(error: unknown): void {
    const reason = reasonOf(error);
    if (reason === this.lastFailure) return;
    this.lastFailure = reason;
    this.deps.logger.warn({ ...this.facts, reason }, 'waiting for RabbitMQ');
  }

  private blocked(reason: string): void {
    this.blockedBy = reason;
    this.deps.logger.warn({ ...this.facts, reason }, 'RabbitMQ blocks publishers (memory or disk alarm)');
  }

  private unblocked(): void {
    this.blockedBy = undefined;
    this.deps.logger.info(this.facts, 'RabbitMQ accepts messages again');
    for (const listener of this.unblockedListeners) listener();
  }
}

/** The target without credentials. */
function endpointOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** A refused connection to a name with several addresses is an AggregateError, whose message is empty. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'connection closed';
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
