import type { Config } from '@slipstream/config';
import { createModels, type ModelsOptions } from './create-models.js';
import type { ModelPool } from './model-pool.js';
import { modelServersOptions, modelsOptions } from './models.options.js';

/** Counts errors that ended one answer only. */
interface UncaughtErrors {
  observe(outcome: 'contained'): void;
}

/** Ports of a process that its model pool uses. */
export interface ModelPorts {
  telemetry: {
    logger: ModelsOptions['logger'];
    metrics: {
      dependency?: ModelsOptions['metrics'];
      models?: ModelsOptions['modelMetrics'];
      uncaughtErrors?: UncaughtErrors;
    };
  };
  /** Settings that may change at a reload. */
  settings: {
    follow<T>(map: (config: Config) => T, apply: (options: T) => void): T;
  };
}

/**
 * Opens the model pool of a process: the configured model servers, also after a reload.
 *
 * @param startDemo see {@link ModelsOptions}
 */
export async function openModels(
  config: Config,
  { telemetry, settings }: ModelPorts,
  startDemo?: ModelsOptions['startDemo'],
): Promise<ModelPool> {
  const models: ModelPool = await createModels({
    ...modelsOptions(config),
    ...settings.follow(modelServersOptions, (servers) => models.use(servers)),
    logger: telemetry.logger,
    metrics: telemetry.metrics.dependency,
    modelMetrics: telemetry.metrics.models,
    onUncaughtError: () => telemetry.metrics.uncaughtErrors?.observe('contained'),
    startDemo,
  });
  return models;
}
