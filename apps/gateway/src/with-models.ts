import type { Config } from '@slipstream/config';
import { startDemoModelServer } from '@slipstream/demo-models';
import { createModels, modelServersOptions, modelsOptions, type ModelPool } from '@slipstream/llm';
import { closingAfter, type Ports, type Service } from '@slipstream/runtime';
import { create as createGateway } from './create.js';

export { needs } from './needs.js';

/** A gateway with a model pool of its own. */
export async function create(config: Config, ports: Ports): Promise<Service> {
  const models: ModelPool = await createModels({
    ...modelsOptions(config),
    ...ports.settings.follow(modelServersOptions, (servers) => models.use(servers)),
    logger: ports.telemetry.logger,
    metrics: ports.telemetry.metrics.dependency,
    modelMetrics: ports.telemetry.metrics.models,
    startDemo: startDemoModelServer,
  });
  return closingAfter(await createGateway(config, { ...ports, models }), models);
}
