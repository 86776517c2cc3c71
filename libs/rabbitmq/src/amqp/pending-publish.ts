import type { Options } from 'amqplib';
import { unavailable } from '../unavailable.js';
import type { WireMessage } from '../wire-message.js';

/** A message whose sender waits for the confirm, until a time limit. */
export class PendingPublish {
  /** Number of times that it was returned without a queue. */
  returns = 0;
  /** Whether the broker rejected it once. */
  wasRefused = false;
  readonly content: Buffer;
  readonly id: string;
  readonly properties: Options.Publish;
  /** Resolves at the end of the wait, successful or not. */
  readonly settled: Promise<void>;
  private readonly timer: NodeJS.Timeout;
  private readonly markSettled: () => void;

  /** @param number differs from that of all others of its publisher */
  constructor(
    readonly number: number,
    readonly routingKey: string,
    message: WireMessage,
    timeoutMs: number,
    private readonly onSettled: (failure?: unknown) => void,
  ) {
    this.content = message.content;
    this.id = String(message.properties.messageId);
    this.properties = publishOptions(this.id, message.properties);
    ({ promise: this.settled, resolve: this.markSettled } = Promise.withResolvers<void>());
    this.timer = setTimeout(() => this.fail(unavailable(`no confirm within ${timeoutMs} ms`)), timeoutMs);
  }

  succeed(): void {
    this.settle();
  }

  fail(failure: unknown): void {
    this.settle(failure);
  }

  private settle(failure?: unknown): void {
    clearTimeout(this.timer);
    this.onSettled(failure);
    this.markSettled();
  }
}

/** `mandatory`: a message without a queue is returned instead of being confirmed and dropped. */
const publishOptions = (messageId: string, { type, headers }: WireMessage['properties']): Options.Publish => ({
  messageId,
  type: typeof type === 'string' ? type : undefined,
  headers,
  persistent: true,
  mandatory: true,
  contentType: 'application/json',
  timestamp: Math.floor(Date.now() / 1_000),
  appId: 'slipstream',
});
