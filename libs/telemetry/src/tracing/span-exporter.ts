import { messageOf, type Logger } from '@slipstream/contracts';
import { otlpJson } from './otlp-json.js';
import type { SpanRecord } from './span-record.js';

/** Options of {@link SpanExporter}. */
export interface SpanExporterOptions {
  /** URL of the collector's traces, OTLP over HTTP. */
  endpoint: string;
  /** Value of the Authorization field of exports. */
  authorization?: string;
  /** Largest number of spans that wait, those of the running export included. Minimum 1. */
  queueMaxSpans: number;
  /** Time limit of one export. */
  timeoutMs: number;
  /** `service.name` and other attributes of the process. */
  resource: Readonly<Record<string, string>>;
  logger: Logger<'info' | 'warn'>;
}

/** Numbers of finished spans, by outcome. */
export interface SpanCounts {
  /** The collector has accepted them. */
  exported: number;
  /** The collector refused them, or did not answer in time. */
  failed: number;
  /** Too many spans waited for the collector. */
  dropped: number;
}

/** Largest number of spans in one export. An export is serialized in one piece, which delays requests. */
const MAX_BATCH_SPANS = 128;
const EXPORT_INTERVAL_MS = 1_000;
/** Longest wait for the collector at the end of the process. */
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Sends finished spans to a collector, in the background and in batches, one at a time. A batch that fails is not sent
 * again. The memory is bounded, and every span is counted once.
 */
export class SpanExporter {
  readonly counts: SpanCounts = { exported: 0, failed: 0, dropped: 0 };
  private waiting: SpanRecord[] = [];
  private running?: Promise<void>;
  private runningSpans = 0;
  private timer?: NodeJS.Timeout;
  private isReachable = true;
  private isClosing = false;
  private readonly closing = new AbortController();

  constructor(private readonly options: SpanExporterOptions) {}

  /** Takes a span over. It neither waits nor throws. */
  readonly add = (span: SpanRecord): void => {
    if (this.closing.signal.aborted || this.waiting.length + this.runningSpans >= this.options.queueMaxSpans)
      return void (this.counts.dropped += 1);
    this.waiting.push(span);
    if (this.waiting.length === MAX_BATCH_SPANS && this.isReachable) this.schedule(0);
    else if (!this.timer && !this.running) this.schedule(EXPORT_INTERVAL_MS);
  };

  /** Exports the waiting spans, within two seconds. */
  async close(): Promise<void> {
    this.isClosing = true;
    clearTimeout(this.timer);
    const limit = setTimeout(() => this.closing.abort(), CLOSE_TIMEOUT_MS);
    await this.running;
    while (this.waiting.length > 0) await this.exportBatch();
    clearTimeout(limit);
    this.closing.abort();
  }

  private schedule(delayMs: number): void {
    if (this.running || this.isClosing) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), delayMs).unref();
  }

  private run(): void {
    this.timer = undefined;
    this.running = this.exportBatch().finally(() => {
      this.running = undefined;
      if (this.waiting.length === 0) return;
      this.schedule(this.isReachable && this.waiting.length >= MAX_BATCH_SPANS ? 0 : EXPORT_INTERVAL_MS);
    });
  }

  private async exportBatch(): Promise<void> {
    const batch = this.waiting.splice(0, MAX_BATCH_SPANS);
    this.runningSpans = batch.length;
    try {
      await this.send(batch);
      this.counts.exported += batch.length;
      this.report(undefined);
    } catch (error) {
      this.counts.failed += batch.length;
      this.report(error);
    }
    this.runningSpans = 0;
  }

  private async send(batch: readonly SpanRecord[]): Promise<void> {
    const { endpoint, authorization, resource, timeoutMs } = this.options;
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      body: otlpJson(Object.entries(resource), batch),
      redirect: 'error',
      signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`it answered ${response.status}`);
  }

  /** Logs the begin and the end of an outage. */
  private report(error: unknown): void {
    const isReachable = error === undefined;
    if (isReachable === this.isReachable) return;
    this.isReachable = isReachable;
    const { endpoint, logger } = this.options;
    const collector = new URL(endpoint).host;
    if (isReachable) logger.info({ collector }, 'the collector accepts spans again');
    else
      logger.warn(
        { collector, reason: reasonOf(error) },
        'the collector does not accept spans, and they are dropped; check tracing.endpoint',
      );
  }
}

/** The message of `fetch` itself says only that it failed. */
const reasonOf = (error: unknown): string =>
  messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);
