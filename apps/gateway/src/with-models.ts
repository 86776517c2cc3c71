import type { Config } from '@slipstream/config';
import { startDemoModelServer } from '@slipstream/demo-models';
import { openModels } from '@slipstream/llm';
import { closingAfter, type Ports, type Service } from '@slipstream/runtime';
import { create as createGateway } from './create.js';

export { needs } from './needs.js';

/** A gateway with a model pool of its own. */
export async function create(config: Config, ports: Ports): Promise<Service> {
  const models = await openModels(config, ports, startDemoModelServer);
  return closingAfter(await createGateway(config, { ...ports, models }), models);
}
