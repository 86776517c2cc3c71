import type { Registry } from 'prom-client';
import { collect } from '../collected-metrics.js';
import type { AccessEntry, AnswerEnd, NotedEntry } from './access-entry.js';
import { isWanted, type AccessMode } from './access-rule.js';
import { combinedLine } from './combined-line.js';
import { jsonLine, type LineFacts } from './json-line.js';
import { LineBudget } from './line-budget.js';
import type { LineWriter } from './line-writer.js';

/** Choice and form of the lines. */
export interface AccessLogSettings {
  mode: AccessMode;
  format: 'json' | 'combined';
  /** A request that takes longer is slow. */
  slowMs: number;
  /** Whether lines show the query of a URL. */
  showsQuery: boolean;
  /** More lines a second than these are sampled. */
  maxPerSecond: number;
}

/** Largest number of waiting entries; further ones are dropped. */
const MAX_WAITING = 4096;
/** Largest number of lines in one turn of the event loop. */
const LINES_PER_TURN = 64;

/**
 * The access log. Each request costs a decision. Only requests with a line cost an entry. The log writes its lines in
 * later turns of the event loop, a few at a time.
 */
export class AccessLog {
  private settings: AccessLogSettings;
  private budget: LineBudget;
  private waiting: NotedEntry[] = [];
  private isDue = false;
  private readonly counts = { written: 0, sampled_out: 0, dropped: 0 };

  /** @param writer ends with the log */
  constructor(
    settings: AccessLogSettings,
    private readonly facts: LineFacts,
    private readonly writer: LineWriter,
    registry: Registry,
  ) {
    this.settings = settings;
    this.budget = new LineBudget(settings.maxPerSecond);
    collect(registry, {
      type: 'counter',
      name: 'slipstream_access_log_lines_total',
      help:
        'Lines of the access log: written, sampled_out (more than log.accessMaxPerSecond), dropped (the reader of ' +
        'standard output is too slow).',
      labelNames: ['outcome'],
      read: () =>
        Object.entries({ ...this.counts, dropped: this.counts.dropped + writer.dropped }).map(
          ([outcome, count]) => [{ outcome }, count] as const,
        ),
    });
  }

  /** Applies from the next request. */
  configure(settings: AccessLogSettings): void {
    this.settings = settings;
    this.budget = new LineBudget(settings.maxPerSecond);
  }

  /** Whether any request may have a line. */
  get isOn(): boolean {
    return this.settings.mode !== 'off';
  }

  /**
   * Decides about the line of a request that has ended.
   *
   * @param ms its duration; of a stream, the time until its head
   * @returns the number of requests that its line stands for; 0: it has none
   */
  weigh(status: number, ms: number, end: AnswerEnd): number {
    if (!isWanted(this.settings, status, ms, end)) return 0;
    const sampled = this.budget.take(Date.now());
    if (sampled === 0) this.counts.sampled_out += 1;
    return sampled;
  }

  /** Adds the line of a request. @param sampled as {@link weigh} has returned it */
  add(entry: AccessEntry, sampled: number): void {
    if (this.waiting.length >= MAX_WAITING) return void (this.counts.dropped += 1);
    const { durationMs, firstByteMs = durationMs, isStream } = entry;
    const isSlow = (isStream ? firstByteMs : durationMs) >= this.settings.slowMs;
    this.waiting.push({ ...entry, endedAt: Date.now(), sampled, isSlow });
    this.schedule();
  }

  /** Writes all waiting lines. */
  async close(): Promise<void> {
    while (this.waiting.length > 0) this.writeSome();
    await this.writer.close();
  }

  private schedule(): void {
    if (this.isDue) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      this.writeSome();
      if (this.waiting.length > 0) this.schedule();
    });
  }

  private writeSome(): void {
    const due = this.waiting.splice(0, LINES_PER_TURN);
    this.counts.written += due.length;
    for (const entry of due) this.writer.write(this.lineOf(entry));
  }

  private lineOf(entry: NotedEntry): string {
    const { format, showsQuery } = this.settings;
    return format === 'json' ? jsonLine(entry, this.facts, showsQuery) : combinedLine(entry, showsQuery);
  }
}
