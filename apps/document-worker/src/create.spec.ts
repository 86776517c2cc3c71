import { expect, it, vi } from 'vitest';
import { createBroker, type Broker } from '@slipstream/rabbitmq';
import type { Ports } from '@slipstream/runtime';
import { createTelemetry } from '@slipstream/telemetry';
import { create } from './create.js';

it('takes messages from its queue, puts aside what it does not know, and drains', async () => {
  const lines: string[] = [];
  const telemetry = createTelemetry({
    processName: 'test',
    level: 'error',
    destination: { write: (line) => void lines.push(line) },
  });
  const broker: Broker = createBroker({ url: 'memory:', logger: telemetry.logger, metrics: telemetry.metrics.queue });
  const service = await create({} as never, { telemetry, stores: { broker } } as Partial<Ports> as Ports);
  await broker.publish('document_queue', { id: 'm1', type: 'chat.generate', payload: { jobId: 'j', chatId: 'c' } });
  await vi.waitFor(async () =>
    expect(await telemetry.registry.metrics()).toMatch(
      /slipstream_queue_handle_duration_seconds_count\{queue="document_queue",type="[a-z.]+",outcome="dead-letter"\} 1/,
    ),
  );
  expect(lines.join('')).toContain('m1');
  await service.drain();
  await service.close();
  await broker.close();
});
