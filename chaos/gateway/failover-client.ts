import { randomUUID } from 'node:crypto';
import { Client, isFinal, type StreamEvent } from '@slipstream/e2e/client';

/** A message that a gateway answered with 202. */
export interface Accepted {
  chatId: string;
  content: string;
  model: string;
  /** Under which it was sent, however often. */
  idempotencyKey: string;
  jobId: string;
  messageId: string;
  eventsUrl: string;
}

/**
 * What a careful app does before several gateways: a POST that got no answer is repeated at the next one under its
 * Idempotency-Key, and a reader whose stream broke goes on there with Last-Event-ID.
 */
export class FailoverClient {
  /** POSTs and streams that broke here. */
  readonly broken = { posts: 0, streams: 0 };
  private readonly doors: readonly Client[];
  private at: number;

  /** @param first index of the gateway to begin with */
  constructor(urls: readonly string[], first: number) {
    this.doors = urls.map((url) => new Client(url));
    this.at = first;
  }

  async post(chatId: string, content: string, model: string, idempotencyKey: string = randomUUID()): Promise<Accepted> {
    for (;;) {
      try {
        const { status, text, json } = await this.door.call<Pick<Accepted, 'jobId' | 'messageId' | 'eventsUrl'>>(
          'POST',
          `/chats/${chatId}/messages`,
          { content, model },
          { 'idempotency-key': idempotencyKey },
        );
        if (status !== 202) throw new Error(`the message was not accepted: ${status} ${text}`);
        return { chatId, content, model, idempotencyKey, ...json };
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        this.broken.posts += 1;
        this.at += 1;
      }
    }
  }

  /**
   * All events of a job.
   * @param onEvent told of each as it comes
   */
  async readToEnd(eventsUrl: string, onEvent: (seen: number) => void): Promise<StreamEvent[]> {
    const seen: StreamEvent[] = [];
    for (;;) {
      try {
        for await (const event of this.door.events(eventsUrl, seen.at(-1)?.id)) {
          onEvent(seen.push(event));
          if (isFinal(event)) return seen;
        }
        throw new Error(`the stream ended in order after ${seen.length} events, and before the job`);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        this.broken.streams += 1;
        this.at += 1;
      }
    }
  }

  private get door(): Client {
    return this.doors[this.at % this.doors.length]!;
  }
}
