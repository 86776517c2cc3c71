import { createModels } from '@slipstream/llm';
import { serve } from '@slipstream/runtime';
import { create } from './create.js';

await serve('gateway', async (config, ports) => {
  const models = await createModels({ ...config.llm, logger: ports.telemetry.logger, metrics: ports.telemetry.metrics.dependency });
  const service = await create(config, { ...ports, models });
  return {
    ...service,
    async close() {
      await service.close();
      await models.close();
    },
  };
});
