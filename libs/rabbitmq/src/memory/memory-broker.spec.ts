import { describe, expect, it } from 'vitest';
import { describeBroker } from '../testing/broker-contract.js';
import { chatMessage } from '../testing/messages.js';
import { recordingLogger, recordingMetrics } from '../testing/recording.js';
import { encode } from '../wire-message.js';
import { createMemoryQueues, MemoryBroker } from './memory.broker.js';
import { MAX_DEAD_LETTERS, MAX_MESSAGES, MemoryQueue } from './memory.queue.js';

describeBroker('MemoryBroker', async () => {
  const queues = createMemoryQueues();
  return {
    connect: (options) => new MemoryBroker(options, queues),
    putRaw: async (queue, message) => queues[queue].put(message),
    deadLetters: async (queue) => queues[queue].deadLetters,
    close: async () => Object.values(queues).forEach((queue) => queue.close()),
  };
});

describe('bounds in memory', () => {
  it('refuses publishers of a full queue, with an error that is worth a retry', async () => {
    const queues = createMemoryQueues();
    const broker = new MemoryBroker({ logger: recordingLogger(), metrics: recordingMetrics() }, queues);
    const message = encode(chatMessage());
    for (let n = 0; n < MAX_MESSAGES; n += 1) queues.chat_queue.put(message);
    await expect(broker.publish('chat_queue', chatMessage())).rejects.toMatchObject({
      code: 'rabbitmq_unavailable',
      isRetryable: true,
      context: { reason: 'queue full' },
    });
    await broker.publish('document_queue', chatMessage());
  });

  it('keeps the newest dead letters', () => {
    const queue = new MemoryQueue();
    for (let n = 0; n < MAX_DEAD_LETTERS + 5; n += 1) queue.bury(encode(chatMessage(n, { id: `m-${n}` })));
    expect(queue.deadLetters).toHaveLength(MAX_DEAD_LETTERS);
    expect(queue.deadLetters[0]?.properties.messageId).toBe('m-5');
  });
});
