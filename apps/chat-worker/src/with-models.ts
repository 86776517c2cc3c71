import { poolIndicator, showBackends } from '@slipstream/balancer';
import type { Config } from '@slipstream/config';
import { startDemoModelServer } from '@slipstream/demo-models';
import { openModels } from '@slipstream/llm';
import { closingAfter, type Ports, type Service } from '@slipstream/runtime';
import { create as createWorker } from './create.js';
import type { NeededKind } from './needs.js';

export { needs } from './needs.js';

/** A chat-worker with a model pool of its own. */
export async function create(config: Config, ports: Ports<NeededKind>): Promise<Service> {
  const models = await openModels(config, ports, startDemoModelServer);
  showBackends([models.balancer], ports.telemetry.registry);
  const service = await createWorker(config, { ...ports, models });
  return closingAfter({ ...service, management: { indicators: [poolIndicator(models.balancer)] } }, models);
}
