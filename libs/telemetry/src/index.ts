export {
  collect,
  collectHistogram,
  type CollectedHistogram,
  type CollectedMetric,
  type Labels,
} from './collected-metrics.js';
export type { ConnectionMetrics } from './connection-metrics.js';
export { createLogger, setLogLevel, type LogLevel, type Logger } from './logger.js';
export { DURATION_BOUNDS_SECONDS, DurationHistogram } from './duration-histogram.js';
export type { DependencyMetrics, HttpMetrics, Metrics, QueueMetrics } from './metrics.js';
export { withoutPasswords } from './redaction.js';
export { requestIdFrom } from './request-id.js';
export { createTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.js';
export { newTraceparent, parseTraceparent, type TraceParent } from './trace-context.js';
export type { Registry } from 'prom-client';
export { currentContext, runInContext, type WorkContext } from './work-context.js';
