import type { CacheInvalidator } from '@slipstream/cache';
import { backOffMs, DependencyUnavailableError, messageOf, SlipstreamError, type Tracer } from '@slipstream/contracts';
import {
  documentClosingEvents,
  IngestionEvents,
  type DocumentRecord,
  type DocumentRemoval,
  type Ingestion,
  type IngestionStore,
} from '@slipstream/documents';
import type { EventLog } from '@slipstream/events';
import { Lease } from '@slipstream/runtime';
import { runTraced, type Logger } from '@slipstream/telemetry';

export interface DocumentWorkOptions {
  leaseMs: number;
  /** Largest number of attempts of an ingestion; after them the document fails. */
  maxAttempts: number;
  /** Time for which the text of a document of the loader is kept. */
  keptMs: number;
}

export interface DocumentWorkPorts {
  ingestions: IngestionStore;
  ingestion: Pick<Ingestion, 'run' | 'extractOnly'>;
  removal: Pick<DocumentRemoval, 'run'>;
  invalidator: Pick<CacheInvalidator, 'document'>;
  log: Pick<EventLog, 'append'>;
  logger: Logger;
  tracer?: Tracer;
}

type End =
  | { state: 'ready'; index: Awaited<ReturnType<Ingestion['run']>> }
  | { state: 'extracted' }
  | { state: 'failed'; error: { code: string; detail: string } };

const RETRY = { firstMs: 1_000, maxMs: 60_000 };
/** Pause before the next attempt during an outage of a model server or store. */
const OUTAGE_RETRY_MS = 5_000;
const MAX_OUTAGE_RETRY_MS = 60_000;
/** Pause before the next attempt on a document that search still finds, or that is being removed. */
const REINDEX_RETRY_MS = 60_000;

/** Does the work of one claimed document: its ingestion, its removal, or vectors of another embedder. */
export class DocumentWork {
  constructor(
    private readonly ports: DocumentWorkPorts,
    private readonly options: DocumentWorkOptions,
  ) {}

  /** Does the work to its end, or until another worker claims the document. */
  run(document: DocumentRecord): Promise<void> {
    const { _id: jobId, requestId, traceparent, attempts, state } = document;
    const attributes = { 'slipstream.job.id': jobId, 'slipstream.job.attempt': attempts };
    const name = state === 'removing' ? 'document removal' : 'document job';
    const context = { requestId, traceparent, jobId };
    return runTraced(this.ports.tracer, { name, kind: 'internal', attributes }, context, () => this.work(document));
  }

  private async work(document: DocumentRecord): Promise<void> {
    const lease = new Lease(this.ports.ingestions, document, this.options.leaseMs);
    const events = new IngestionEvents(this.ports.log, document);
    try {
      if (document.state === 'removing') return await this.ports.removal.run(document);
      if (document.state !== 'ready' && document.attempts > this.options.maxAttempts) throw attemptsExhausted(document);
      await this.end(document, events, await this.ingest(document, events, lease.signal));
    } catch (error) {
      await this.fail(document, lease, events, error);
    } finally {
      lease.end();
    }
  }

  private async ingest(document: DocumentRecord, events: IngestionEvents, signal: AbortSignal): Promise<End> {
    const { ingestion } = this.ports;
    if (document.purpose !== 'loader') return { state: 'ready', index: await ingestion.run(document, events, signal) };
    await ingestion.extractOnly(document, events, signal);
    return { state: 'extracted' };
  }

  private async fail(document: DocumentRecord, lease: Lease, events: IngestionEvents, error: unknown): Promise<void> {
    const { logger, ingestions } = this.ports;
    const { _id: id, fence, attempts, state } = document;
    if (lease.signal.aborted) return logger.info({}, 'the document was removed, or another worker claimed it');
    const isOurs = state === 'removing' || state === 'ready';
    const isWaiting = isOutage(error);
    const mayRetry = isOurs || isWaiting || (isRetryable(error) && attempts < this.options.maxAttempts);
    if (!mayRetry) return this.end(document, events, { state: 'failed', error: failureOf(error) });
    const delayMs = isOurs ? REINDEX_RETRY_MS : isWaiting ? outageDelayMs(error) : backOffMs(attempts, RETRY);
    logger.warn({ attempt: attempts, delayMs, ...reasonOf(error) }, 'document work failed; will be retried');
    await ingestions.release(id, fence, delayMs, isWaiting ? { attempts: attempts - 1 } : {});
  }

  private async end(document: DocumentRecord, events: IngestionEvents, end: End): Promise<void> {
    const { ingestions, invalidator, logger } = this.ports;
    const { _id: id, fence, userId } = document;
    const kept = document.purpose === 'loader' ? this.options.keptMs : undefined;
    const ended = await ingestions.finish(id, fence, { ...end, finalEventId: events.finalEventId }, kept);
    if (!ended) return logger.info({}, 'the document was removed, or another worker claimed it; the result is dropped');
    const { kind, attempts } = document;
    logger.info({ state: end.state, kind, attempts, ...resultOf(end) }, 'ingestion ended');
    await invalidator.document(id, userId);
    if (document.state !== 'ready') await events.end(documentClosingEvents(ended));
  }
}

/** Errors of other services, which say nothing about the document. They use up none of its attempts. */
const OUTAGES: ReadonlySet<string> = new Set(['no_healthy_backends', 'pool_busy', 'model_rate_limited']);
/** A full disk, or a used up limit of the machine. */
const EXHAUSTED: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE']);
const isOutage = (error: unknown): boolean =>
  error instanceof DependencyUnavailableError ||
  (error instanceof SlipstreamError && OUTAGES.has(error.code)) ||
  (error instanceof Error && 'code' in error && EXHAUSTED.has(error.code));

const reasonOf = (error: unknown): { reason: string; cause?: string } => ({
  reason: messageOf(error),
  ...(error instanceof Error && error.cause !== undefined && { cause: messageOf(error.cause) }),
});

/** A service may require a longer pause. */
const outageDelayMs = (error: unknown): number => {
  const seconds = error instanceof SlipstreamError ? (error.retryAfterSeconds ?? 0) : 0;
  return Math.min(Math.max(OUTAGE_RETRY_MS, seconds * 1_000), MAX_OUTAGE_RETRY_MS);
};

function resultOf(end: End): { code?: string; chunks?: number } {
  if (end.state === 'failed') return { code: end.error.code };
  return end.state === 'ready' ? { chunks: end.index.chunks } : {};
}

const isRetryable = (error: unknown): boolean => !(error instanceof SlipstreamError) || error.isRetryable;

const failureOf = (error: unknown): { code: string; detail: string } => ({
  code: error instanceof SlipstreamError ? error.code : 'ingestion_failed',
  detail: messageOf(error),
});

const attemptsExhausted = ({ attempts }: DocumentRecord): SlipstreamError =>
  new SlipstreamError('attempts_exhausted', `The ingestion did not end within ${attempts - 1} attempts.`);
