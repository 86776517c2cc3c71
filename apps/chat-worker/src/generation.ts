import { setTimeout as delay } from 'node:timers/promises';
import { closingEvents, conversation, type JobDocument, type JobEnd, type JobStore } from '@slipstream/chats';
import {
  DependencyUnavailableError,
  SlipstreamError,
  messageOf,
  type Citation,
  type Tracer,
} from '@slipstream/contracts';
import type { EventLog } from '@slipstream/events';
import { ModelError, type ChatEnd, type ModelPool } from '@slipstream/llm';
import { Lease } from '@slipstream/runtime';
import { currentContext, runTraced, type Logger } from '@slipstream/telemetry';
import { AnswerWriter } from './answer-writer.js';
import type { CompletionNotice } from './completion-notice.js';
import type { QuestionSources } from './question-sources.js';
import { retryDelayMs } from './retry-delay.js';
import { sentText } from './sent-text.js';

export interface GenerationOptions {
  leaseMs: number;
  /** Largest number of attempts; then the job fails. */
  maxAttempts: number;
  /** Number of turns of the chat that are sent to the model, counted back from the question. */
  historyMaxMessages: number;
  /** Size of these turns, in UTF-8; the oldest ones are left out. */
  historyMaxBytes: number;
}

export interface GenerationPorts {
  jobs: JobStore;
  log: EventLog;
  models: Pick<ModelPool, 'streamChat'>;
  logger: Logger;
  notice: Pick<CompletionNotice, 'send'>;
  sources: Pick<QuestionSources, 'of'>;
  /** Records jobs. Default: none are recorded. */
  tracer?: Tracer;
}

/** Delay between two attempts to store an answer while the database is unreachable. */
const STORE_RETRY_MS = 250;

/** Runs one claimed job: calls the model, streams its answer into the event log, and stores the outcome. */
export class Generation {
  private readonly running = new Map<string, Lease>();

  constructor(
    private readonly ports: GenerationPorts,
    private readonly options: GenerationOptions,
  ) {}

  /** Stops the job if it runs here. */
  cancel(jobId: string): void {
    this.running.get(jobId)?.stop('cancelled');
  }

  /**
   * Stops the cancelled or removed ones among the jobs that run here. It covers signals that were lost: sent before the
   * job started, or during an outage of Redis.
   */
  async followCancellations(): Promise<void> {
    if (this.running.size === 0) return;
    for (const jobId of await this.ports.jobs.unwanted([...this.running.keys()])) this.cancel(jobId);
  }

  /** Runs the job to its end, or until another worker has it. Its log lines contain the request that created it. */
  run(job: JobDocument): Promise<void> {
    const { requestId, traceparent, _id: jobId, attempts } = job;
    const attributes = { 'slipstream.job.id': jobId, 'slipstream.job.attempt': attempts };
    const context = { requestId, traceparent, jobId };
    return runTraced(this.ports.tracer, { name: 'chat job', kind: 'internal', attributes }, context, () =>
      this.work(job),
    );
  }

  private async work(job: JobDocument): Promise<void> {
    const lease = new Lease(this.ports.jobs, job, this.options.leaseMs);
    const writer = new AnswerWriter(this.ports.log, job, () => lease.stop('lost'));
    // claimed again by this worker, before it detected that its lease had ended
    this.running.get(job._id)?.stop('lost');
    this.running.set(job._id, lease);
    try {
      await this.conclude(job, lease, writer, await this.generate(job, lease, writer));
    } finally {
      if (this.running.get(job._id) === lease) this.running.delete(job._id);
      lease.end();
    }
  }

  private async generate(job: JobDocument, lease: Lease, writer: AnswerWriter): Promise<Generated> {
    try {
      if (job.attempts > this.options.maxAttempts) throw attemptsExhausted(job);
      if (job.deadline && job.deadline.getTime() <= Date.now()) throw deadlinePassed(job.deadline);
      lease.signal.throwIfAborted();
      const [earlier, sources] = await Promise.all([this.earlierTurns(job), this.ports.sources.of(job)]);
      const deltas = this.ports.models.streamChat({
        model: job.model,
        messages: conversation(earlier, job, sources?.text),
        signal: lease.signal,
        requestId: job.requestId,
        traceparent: currentContext()?.traceparent,
      });
      return { ...(await writeAll(deltas, writer)), citations: sources?.citations };
    } catch (error) {
      return { failure: error };
    } finally {
      await writer.flush();
    }
  }

  private async earlierTurns({ chatId, ordinal }: JobDocument): Promise<JobDocument[]> {
    if (ordinal === 1) return [];
    const { historyMaxMessages, historyMaxBytes: maxBytes } = this.options;
    return this.ports.jobs.turnsBefore(chatId, ordinal, { maxTurns: Math.ceil(historyMaxMessages / 2), maxBytes });
  }

  private async conclude(job: JobDocument, lease: Lease, writer: AnswerWriter, generated: Generated): Promise<void> {
    if (lease.stopReason === 'lost') return this.ports.logger.warn({}, 'lease lost; another worker has the job');
    const { content, finalEventId } = writer;
    const whole = { content, model: job.model, finalEventId };
    if ('state' in generated && lease.stopReason !== 'cancelled')
      return this.store(job, writer, {
        ...whole,
        state: 'succeeded',
        isWhole: generated.state === 'complete',
        finishReason: generated.finishReason,
        citations: generated.citations,
      });
    const failure = 'failure' in generated ? generated.failure : undefined;
    const isToBeRetried =
      lease.stopReason === undefined && isRetryable(failure) && job.attempts < this.options.maxAttempts;
    if (isToBeRetried && (await this.retryLater(job, content, failure))) return;
    const kept = {
      ...whole,
      finishReason: finishReasonOf(failure),
      content: content || (await this.writtenBefore(job)),
    };
    // A job without a further attempt was just cancelled, or belongs to another worker, whose fence rejects the write.
    if (isToBeRetried || lease.stopReason === 'cancelled')
      return this.store(job, writer, { state: 'cancelled', ...kept });
    return this.store(job, writer, {
      state: 'failed',
      error: { code: codeOf(failure), detail: messageOf(failure) },
      ...kept,
    });
  }

  /**
   * An attempt without text keeps the text of the previous one; the event log contains the text of an attempt whose
   * worker died.
   */
  private async writtenBefore({ _id, attempts, answer }: JobDocument): Promise<string> {
    return answer.content ?? (attempts > 1 ? await sentText(this.ports.log, _id) : '');
  }

  /** @returns false if no further attempt follows */
  private async retryLater(job: JobDocument, content: string, failure: unknown): Promise<boolean> {
    const delayMs = retryDelayMs(job.attempts, failure);
    this.ports.logger.warn(
      { attempt: job.attempts, delayMs, code: codeOf(failure) },
      'generation failed; the worker will try again',
    );
    return this.untilStored(() =>
      this.ports.jobs.release(job._id, job.fence, delayMs, {
        content,
        model: job.model,
        finishReason: finishReasonOf(failure),
      }),
    );
  }

  private async store(job: JobDocument, writer: AnswerWriter, end: JobEnd): Promise<void> {
    const ended = await this.untilStored(() => this.ports.jobs.finish(job._id, job.fence, end));
    if (!ended) return this.ports.logger.warn({}, 'lease lost; nothing was stored');
    if (end.state === 'failed') currentContext()?.span?.fail(end.error.code);
    this.ports.logger.info(
      { state: end.state, attempts: job.attempts, ...(end.state === 'failed' && { code: end.error.code }) },
      'job ended',
    );
    await writer.end(closingEvents(ended));
    await this.ports.notice.send(ended);
  }

  /** A generated answer is kept during an outage of the database. */
  private async untilStored<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!(error instanceof DependencyUnavailableError)) throw error;
        await delay(STORE_RETRY_MS);
      }
    }
  }
}

/** How the model ended its answer, or why it failed. */
type Generated = (ChatEnd & { citations?: Citation[] }) | { failure: unknown };

async function writeAll(deltas: AsyncGenerator<string, ChatEnd, void>, writer: AnswerWriter): Promise<ChatEnd> {
  for (;;) {
    const next = await deltas.next();
    if (next.done) return next.value;
    writer.write(next.value);
  }
}

const finishReasonOf = (failure: unknown): string | undefined =>
  failure instanceof ModelError ? failure.finishReason : undefined;

/** Error for logs: a message may quote the model server, and thereby the user. */
const codeOf = (error: unknown): string => (error instanceof SlipstreamError ? error.code : 'generation_failed');

const isRetryable = (error: unknown): boolean => error instanceof SlipstreamError && error.isRetryable;

const deadlinePassed = (deadline: Date): SlipstreamError =>
  new SlipstreamError(
    'deadline_passed',
    `The deadline of this answer passed at ${deadline.toISOString()}, so it was not started.`,
  );

const attemptsExhausted = ({ attempts }: JobDocument): SlipstreamError =>
  new SlipstreamError('attempts_exhausted', `Gave up after ${attempts - 1} attempts; each was interrupted.`);
