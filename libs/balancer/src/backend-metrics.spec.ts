import { LoadBalancer } from './pool/load-balancer.js';
import { createTelemetry } from '@slipstream/telemetry';
import { expect, it } from 'vitest';
import { showBackends } from './backend-metrics.js';

const balancer = (name: string) =>
  new LoadBalancer({ name, backends: [{ url: `http://${name}` }], logger: { info: () => {}, warn: () => {} } });

it('shows the backends of every pool, retries too', async () => {
  const [web, models] = [balancer('web'), balancer('models')];
  const { registry } = createTelemetry({ processName: 'test', level: 'silent' });
  showBackends([web, models], registry);
  models.countRetry('http://models');
  const text = await registry.metrics();
  expect(text).toContain('slipstream_backend_retries_total{pool="web",backend="http://web"} 0');
  expect(text).toContain('slipstream_backend_retries_total{pool="models",backend="http://models"} 1');
  expect(text).toContain('slipstream_pool_queue_length{pool="models"} 0');
});
