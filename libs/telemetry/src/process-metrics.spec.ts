import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { modelMetrics } from './model-metrics.js';
import { showBuild } from './process-metrics.js';

it('shows what runs', async () => {
  const registry = new Registry();
  showBuild(registry, { service: 'gateway', version: '1.2.3' });
  const labels = `service="gateway",version="1.2.3",node="${process.versions.node}"`;
  expect(await registry.metrics()).toContain(`slipstream_build_info{${labels}} 1`);
});

it('counts the calls of each model, and bounds how many have series of their own', async () => {
  const registry = new Registry();
  const sut = modelMetrics(registry);
  for (let n = 0; n < 60; n++) sut.observe(`m${n}`, 'ok', 0.1);
  const text = await registry.metrics();
  expect(text).toContain('slipstream_model_call_duration_seconds_count{model="m49",outcome="ok"} 1');
  expect(text).toContain('slipstream_model_call_duration_seconds_count{model="other",outcome="ok"} 10');
  expect(text).not.toContain('"m50"');
});
