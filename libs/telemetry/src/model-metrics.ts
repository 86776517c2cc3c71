import type { Registry } from 'prom-client';
import { DURATION_BOUNDS_SECONDS } from './duration-histogram.js';
import { LabelLimit } from './label-limit.js';
import { histogram } from './registered-metric.js';

/** Largest number of models with series of their own. The others count as `other`. */
const MAX_MODELS = 50;

/** Rate, errors and duration of the calls of each model. */
export interface ModelMetrics {
  /** A try at a model server has ended. @param model listed by a server, never a client's text */
  observe(model: string, outcome: 'ok' | 'error', seconds: number): void;
}

export function modelMetrics(registry: Registry): ModelMetrics {
  const models = new LabelLimit(MAX_MODELS);
  const durations = histogram(
    registry,
    {
      name: 'slipstream_model_call_duration_seconds',
      help: 'Calls of model servers by model, from sending to the end of the answer; the first 50 models, then other.',
      labelNames: ['model', 'outcome'],
    },
    DURATION_BOUNDS_SECONDS,
  );
  return { observe: (model, outcome, seconds) => durations.observe({ model: models.bound(model), outcome }, seconds) };
}
