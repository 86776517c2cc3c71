import { startDemoModelServer } from '@slipstream/demo-models';
import { createModels, modelsOptions } from '@slipstream/llm';
import { closingAfter, serve } from '@slipstream/runtime';
import { create } from './create.js';
import { needs } from './needs.js';

await serve('gateway', needs, async (config, ports) => {
  const models = await createModels({
    ...modelsOptions(config),
    logger: ports.telemetry.logger,
    metrics: ports.telemetry.metrics.dependency,
    startDemo: startDemoModelServer,
  });
  return closingAfter(await create(config, { ...ports, models }), models);
});
