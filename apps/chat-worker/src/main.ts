import { startDemoModelServer } from '@slipstream/demo-models';
import { createModels, modelServersOptions, modelsOptions, type ModelPool } from '@slipstream/llm';
import { closingAfter, serve } from '@slipstream/runtime';
import { create } from './create.js';
import { needs } from './needs.js';

await serve('chat-worker', needs, async (config, ports) => {
  const models: ModelPool = await createModels({
    ...modelsOptions(config),
    ...ports.settings.follow(modelServersOptions, (servers) => models.use(servers)),
    logger: ports.telemetry.logger,
    metrics: ports.telemetry.metrics.dependency,
    startDemo: startDemoModelServer,
  });
  return closingAfter(await create(config, { ...ports, models }), models);
});
