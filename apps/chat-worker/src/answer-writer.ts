import { setTimeout as delay } from 'node:timers/promises';
import { finalEventIdAfter, type JobDocument } from '@slipstream/chats';
import type { EventId, JobEvent } from '@slipstream/contracts';
import { StaleFenceError, type EventLog, type StoredEvent } from '@slipstream/events';

/** Shortest time between two appends of one answer: users can't see more than 50 events a second. */
const PACE_MS = 20;
/** Pause before the whole text is appended again, which costs more the longer it is. */
const RETELL_PAUSE_MS = 250;

/**
 * Writes the answer of one claim to the job's event log while it is generated.
 *
 * The first delta is appended at once. Later ones that arrive within {@link PACE_MS}, or during an append, are appended
 * together, so that a slow log makes larger events, not a longer queue. After an outage of the log, or at a retry, the
 * whole text is appended again after a `message-reset`, so that a subscriber's text is complete and not repeated.
 */
export class AnswerWriter {
  private text = '';
  private unsent = '';
  private sequence = 0;
  private mustRetell: boolean;
  private sending?: Promise<void>;
  private readonly hurry = new AbortController();

  /** @param onStale called when another worker has begun to write under a later claim */
  constructor(
    private readonly log: EventLog,
    private readonly job: JobDocument,
    private readonly onStale: () => void,
  ) {
    this.mustRetell = job.attempts > 1;
  }

  /** The whole generated text. */
  get content(): string {
    return this.text;
  }

  /** Id of the final event after the last delta. */
  get finalEventId(): string {
    return finalEventIdAfter({ fence: this.job.fence, sequence: this.sequence });
  }

  write(delta: string): void {
    if (delta === '') return;
    this.text += delta;
    this.unsent += delta;
    this.sending ??= this.send();
  }

  /** Resolves when all deltas were offered to the log; no delta may follow. */
  async flush(): Promise<void> {
    this.hurry.abort();
    await this.sending;
  }

  /**
   * Appends the end of the stream. Never rejects: while the log is unreachable, subscribers get the end from the
   * database.
   * @param closing all closing events of the job
   */
  async end(closing: StoredEvent[]): Promise<void> {
    await this.flush();
    const hasEnd = !this.mustRetell && (await this.append(closing.slice(-1), this.last));
    if (!hasEnd) await this.append(closing);
  }

  private async send(): Promise<void> {
    do {
      const after = this.mustRetell ? undefined : this.last;
      this.mustRetell = !(await this.append(
        this.nextEvents().map((event) => ({ id: this.nextId(), event })),
        after,
      ));
      await this.pause(this.mustRetell ? RETELL_PAUSE_MS : PACE_MS);
    } while (this.unsent !== '' || (this.mustRetell && !this.hurry.signal.aborted));
    // In the same turn as the last check of `unsent`: a later delta must start a new append.
    this.sending = undefined;
  }

  /** Waits, unless the answer is complete. */
  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.hurry.signal }).catch(() => undefined);
  }

  private nextEvents(): JobEvent[] {
    const { messageId } = this.job.answer;
    const delta = this.mustRetell ? this.text : this.unsent;
    this.unsent = '';
    const events: JobEvent[] = [{ type: 'message-delta', messageId, delta }];
    return this.mustRetell ? [{ type: 'message-reset', messageId, attempt: this.job.attempts }, ...events] : events;
  }

  private nextId(): EventId {
    return { fence: this.job.fence, sequence: ++this.sequence };
  }

  /** Id of the last event of this claim, if it has any. */
  private get last(): EventId | undefined {
    return this.sequence > 0 ? { fence: this.job.fence, sequence: this.sequence } : undefined;
  }

  /** @param after the event that the log must have, if these continue it @returns whether the log has the events */
  private async append(entries: StoredEvent[], after?: EventId): Promise<boolean> {
    try {
      await this.log.append(this.job._id, entries, after);
      return true;
    } catch (error) {
      if (error instanceof StaleFenceError) this.onStale();
      return false;
    }
  }
}
