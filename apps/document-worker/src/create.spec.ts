import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadConfig } from '@slipstream/config';
import { createBroker, MessageQueue, type Broker } from '@slipstream/rabbitmq';
import type { Ports } from '@slipstream/runtime';
import { createTelemetry } from '@slipstream/telemetry';
import { create } from './create.js';

/** Answers of every store of a database without documents. */
const NO_DOCUMENTS = {
  takeBrokenUpload: async () => null,
  takeOverdue: async () => null,
  takeOutdated: async () => null,
  usedSpaces: async () => [],
};

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'document-worker-'))));
afterEach(() => rm(folder, { recursive: true }));

it('takes messages from its queue, makes unknown ones dead letters, and drains', async () => {
  const lines: string[] = [];
  const telemetry = createTelemetry({
    processName: 'test',
    level: 'error',
    destination: { write: (line) => void lines.push(line) },
  });
  const broker: Broker = createBroker({ url: 'memory:', logger: telemetry.logger, metrics: telemetry.metrics.queue });
  const config = await loadConfig({ service: 'document-worker', env: { DOCUMENTS_VECTORS_URL: folder } });
  const stores = { broker, queue: new MessageQueue(broker), database: { get: () => NO_DOCUMENTS } };
  const service = await create(config, { telemetry, stores } as unknown as Ports);
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
