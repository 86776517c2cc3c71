import type { Config } from '@slipstream/config';
import { openModels } from '@slipstream/llm';
import { closingAfter, type Ports, type Service } from '@slipstream/runtime';
import { create as createWorker } from './create.js';
import { embedderOptions } from './document-worker.options.js';
import type { NeededKind } from './needs.js';

export { needs } from './needs.js';

/** A document-worker with a model pool of its own, if an embedding model is configured. */
export async function create(config: Config, ports: Ports<NeededKind>): Promise<Service> {
  if (!embedderOptions(config)) return createWorker(config, ports);
  const models = await openModels(config, ports);
  return closingAfter(await createWorker(config, { ...ports, models }), models);
}
