import { InvalidInputError, InvalidQueueError } from '@slipstream/contracts';
import { describe, expect, it } from 'vitest';
import type { OutgoingMessage } from './broker.js';
import { createMemoryQueues, MemoryBroker } from './memory/memory.broker.js';
import { MessageQueue } from './message-queue.js';
import { recordingLogger, recordingMetrics } from './testing/recording.js';
import { decode } from './wire-message.js';

const payload = { jobId: 'j', chatId: 'c' };

function newMessageQueue() {
  const queues = createMemoryQueues();
  const sut = new MessageQueue(new MemoryBroker({ logger: recordingLogger(), metrics: recordingMetrics() }, queues));
  const stored = (): OutgoingMessage | undefined => {
    const taken = queues.chat_queue.take('interactive');
    return taken && decode(taken.message, false);
  };
  return { sut, stored };
}

describe('MessageQueue', () => {
  it('publishes under a new id, which it returns', async () => {
    const { sut, stored } = newMessageQueue();
    const id = await sut.publish('chat_queue', 'chat.generate', payload, { requestId: 'r', traceparent: '00-a-b-01' });
    expect(id).toMatch(/^[\da-f-]{36}$/);
    expect(stored()).toMatchObject({ id, type: 'chat.generate', payload, requestId: 'r', traceparent: '00-a-b-01' });
  });

  it('keeps an id that it is given', async () => {
    const { sut, stored } = newMessageQueue();
    expect(await sut.publish('chat_queue', 'chat.generate', payload, { id: 'mine' })).toBe('mine');
    expect(stored()?.id).toBe('mine');
  });

  it.each(['chat', '', 'chat_queue.dead', '__proto__'])('refuses the queue %j', async (queue) => {
    await expect(newMessageQueue().sut.publish(queue, 'chat.generate', payload)).rejects.toThrow(InvalidQueueError);
  });

  it('refuses a payload that its consumer would refuse, naming the field', async () => {
    const { sut, stored } = newMessageQueue();
    const refusal = sut.publish('chat_queue', 'chat.generate', { jobId: '', chatId: 'c' });
    await expect(refusal).rejects.toThrow(InvalidInputError);
    await expect(refusal).rejects.toThrow(/jobId/);
    expect(stored()).toBeUndefined();
  });
});
