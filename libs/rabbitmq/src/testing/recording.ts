import type { Logger, LogLevel } from '@slipstream/contracts';
import type { ConsumeOutcome, PublishOutcome, QueueMetrics } from '../broker.options.js';

export interface LogLine {
  level: LogLevel;
  facts: Record<string, unknown>;
  message: string;
}

/** A logger that keeps its lines, for specs to look at. */
export function recordingLogger(): Logger<LogLevel> & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const record = (level: LogLevel) => (facts: object, message: string) =>
    void lines.push({ level, facts: { ...facts }, message });
  return { lines, debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') };
}

/** Metrics that record their calls, as `queue type outcome`. */
export function recordingMetrics(): QueueMetrics & {
  publishes: string[];
  consumes: string[];
  waits: (number | undefined)[];
} {
  const publishes: string[] = [];
  const consumes: string[] = [];
  const waits: (number | undefined)[] = [];
  return {
    publishes,
    consumes,
    waits,
    taken: (_queue: string, _lane: string, waitedSeconds: number | undefined) => void waits.push(waitedSeconds),
    published: (queue: string, type: string, outcome: PublishOutcome) =>
      void publishes.push(`${queue} ${type} ${outcome}`),
    consumed: (queue: string, type: string, outcome: ConsumeOutcome) =>
      void consumes.push(`${queue} ${type} ${outcome}`),
  };
}
