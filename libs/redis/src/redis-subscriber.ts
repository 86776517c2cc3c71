import { EventEmitter } from 'node:events';
import { DependencyUnavailableError, messageOf } from '@slipstream/contracts';
import type { Redis } from 'ioredis';
import type { OutageLog } from './outage-log.js';
import { reconnectDelayMs } from './reconnect-delay.js';

/** Interval at which an idle subscriber checks its server. */
const HEARTBEAT_MS = 5_000;
const SUBSCRIBE_BATCH = 500;

/** Receives messages of a channel, in order. Must not throw. */
export type MessageListener = (message: string) => void;

interface Channel {
  listeners: Set<MessageListener>;
  /** Settles with the server's confirmation of the channel; absent while disconnected. */
  confirmation?: Promise<void>;
}

interface SubscriberEvents {
  /** The connection is lost: messages from now on are missed. */
  lost: [];
  /** Every channel is subscribed again: read what was missed. Not emitted for the first connection. */
  resubscribed: [];
}

/**
 * The process's one pub/sub connection. Channels are counted: the first listener subscribes, the last one unsubscribes.
 * It reconnects for ever, and resubscribes to every channel that has a listener.
 */
export class RedisSubscriber extends EventEmitter<SubscriberEvents> {
  private readonly channels = new Map<string, Channel>();
  private client: Redis | undefined;
  private ready = false;
  private wasReady = false;
  private isClosed = false;
  private attempts = 0;
  private retryTimer: NodeJS.Timeout | undefined;
  private readonly heartbeat: NodeJS.Timeout;

  /** @param connect creates a connecting client that ends, rather than reconnects, when it is lost */
  constructor(
    private readonly connect: () => Redis,
    private readonly outages: OutageLog,
  ) {
    super();
    this.setMaxListeners(0); // one per follower of a stream, added and removed with it
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
    this.open();
  }

  get isReady(): boolean {
    return this.ready;
  }

  /**
   * Starts to listen, now or when Redis is reachable.
   * @returns a function that stops it; may be called twice
   */
  subscribe(channel: string, listener: MessageListener): () => void {
    let entry = this.channels.get(channel);
    if (!entry) {
      entry = { listeners: new Set() };
      this.channels.set(channel, entry);
      if (this.ready) this.confirm([channel]);
    }
    // Wrapped, so that one function may listen twice and leave once.
    const own: MessageListener = (message) => listener(message);
    entry.listeners.add(own);
    return () => this.leave(channel, own);
  }

  /**
   * Resolves when the server has confirmed the subscription to this channel: from then on no message is missed until
   * `lost`.
   *
   * @throws DependencyUnavailableError if the connection is lost, now or before the confirmation
   */
  async confirmed(channel: string): Promise<void> {
    const confirmation = this.channels.get(channel)?.confirmation;
    if (!confirmation) throw new DependencyUnavailableError('redis');
    await confirmation;
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.heartbeat);
    clearTimeout(this.retryTimer);
    this.client?.disconnect();
    this.channels.clear();
  }

  private open(): void {
    const client = this.connect();
    let reason = 'connection closed';
    client.on('error', (error) => (reason = messageOf(error)));
    client.once('ready', () => this.onReady());
    client.once('end', () => this.onEnd(reason));
    client.on('message', (channel, message) => this.deliver(channel, message));
    this.client = client;
  }

  private onReady(): void {
    this.ready = true;
    this.attempts = 0;
    this.outages.cameBack('subscriber');
    const isReconnect = this.wasReady;
    this.wasReady = true;
    const names = [...this.channels.keys()];
    const confirmations: Promise<void>[] = [];
    for (let i = 0; i < names.length; i += SUBSCRIBE_BATCH)
      confirmations.push(this.confirm(names.slice(i, i + SUBSCRIBE_BATCH)));
    if (!isReconnect) return;
    Promise.all(confirmations).then(
      () => this.emit('resubscribed'),
      () => {}, // the connection broke again; its end starts the next attempt
    );
  }

  private onEnd(reason: string): void {
    const wasReady = this.ready;
    this.ready = false;
    for (const channel of this.channels.values()) channel.confirmation = undefined;
    if (wasReady) this.emit('lost');
    if (this.isClosed) return;
    this.outages.went('subscriber', reason);
    this.retryTimer = setTimeout(() => this.open(), reconnectDelayMs(++this.attempts));
  }

  private confirm(names: string[]): Promise<void> {
    const client = this.client;
    const confirmation = Promise.resolve(client?.subscribe(...names)).then(
      () => {},
      (cause: unknown) => {
        client?.disconnect(); // a connection that can't subscribe is useless; the next one may work
        throw new DependencyUnavailableError('redis', { cause });
      },
    );
    confirmation.catch(() => {}); // callers that need it await it
    for (const name of names) {
      const channel = this.channels.get(name);
      if (channel) channel.confirmation = confirmation;
    }
    return confirmation;
  }

  private leave(name: string, listener: MessageListener): void {
    const channel = this.channels.get(name);
    if (!channel?.listeners.delete(listener) || channel.listeners.size > 0) return;
    this.channels.delete(name);
    if (this.ready) this.client?.unsubscribe(name).catch(() => this.client?.disconnect());
  }

  private deliver(name: string, message: string): void {
    const channel = this.channels.get(name);
    if (!channel) return;
    for (const listener of channel.listeners) listener(message);
  }

  private beat(): void {
    const client = this.client;
    if (this.ready) client?.ping().catch(() => client.disconnect());
  }
}
