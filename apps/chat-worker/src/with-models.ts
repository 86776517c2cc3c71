import { poolIndicator, showBackends } from '@slipstream/balancer';
import type { Config } from '@slipstream/config';
import { startDemoModelServer } from '@slipstream/demo-models';
import { createModels, modelServersOptions, modelsOptions, type ModelPool } from '@slipstream/llm';
import { closingAfter, type Ports, type Service } from '@slipstream/runtime';
import { create as createWorker } from './create.js';
import type { NeededKind } from './needs.js';

export { needs } from './needs.js';

/** A chat-worker with a model pool of its own. */
export async function create(config: Config, ports: Ports<NeededKind>): Promise<Service> {
  const models: ModelPool = await createModels({
    ...modelsOptions(config),
    ...ports.settings.follow(modelServersOptions, (servers) => models.use(servers)),
    logger: ports.telemetry.logger,
    metrics: ports.telemetry.metrics.dependency,
    modelMetrics: ports.telemetry.metrics.models,
    startDemo: startDemoModelServer,
  });
  showBackends([models.balancer], ports.telemetry.registry);
  const service = await createWorker(config, { ...ports, models });
  return closingAfter({ ...service, management: { indicators: [poolIndicator(models.balancer)] } }, models);
}
