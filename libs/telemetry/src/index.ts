export { collect, collectHistogram, type CollectedMetric, type Labels } from './collected-metrics.js';
export { setLogLevel, type Logger } from './logger.js';
export { DURATION_BOUNDS_SECONDS, DurationHistogram } from './duration-histogram.js';
export type { HttpMetrics } from './metrics.js';
export { requestIdFrom } from './request-id.js';
export { createTelemetry, type Telemetry } from './telemetry.js';
export { newTraceparent } from './trace-context.js';
export type { Registry } from 'prom-client';
export { currentContext, runInContext } from './work-context.js';
