import { Controller, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import {
  type ChatGenerate,
  InvalidQueueError,
  type MessageType,
  NotFoundError,
  SlipstreamError,
  StartupError,
} from '@slipstream/contracts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../broker.js';
import { createMemoryQueues, MemoryBroker } from '../memory/memory.broker.js';
import { chatMessage } from '../testing/messages.js';
import { recordingLogger, recordingMetrics } from '../testing/recording.js';
import { DeliveryContext } from './delivery.context.js';
import { QueueController } from './queue-controller.decorator.js';
import { QueueConsumer } from './queue.consumer.js';

const handle = vi.fn(async (_payload: ChatGenerate, _context: DeliveryContext): Promise<Outcome | void> => {});
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  handle.mockReset();
});

@QueueController()
class ChatHandlers {
  @EventPattern<MessageType>('chat.generate')
  async generate(@Payload() payload: ChatGenerate, @Ctx() context: DeliveryContext): Promise<Outcome | void> {
    return handle(payload, context);
  }
}

@Controller()
class PlainHandlers {
  @EventPattern<MessageType>('chat.generate')
  async generate(@Payload() payload: ChatGenerate, @Ctx() context: DeliveryContext): Promise<Outcome | void> {
    return handle(payload, context);
  }
}

@QueueController()
class MisspeltHandlers {
  @EventPattern<string>('chat.generat')
  async generate(): Promise<void> {}
}

@QueueController()
class NoHandlers {}

async function createMicroservice(...controllers: Type[]) {
  @Module({ controllers })
  class HandlersModule {}
  const logger = recordingLogger();
  const metrics = recordingMetrics();
  const queues = createMemoryQueues();
  const broker = new MemoryBroker({ logger, metrics }, queues);
  const strategy = new QueueConsumer({ broker, queue: 'chat_queue', concurrency: 2, logger });
  const app = await NestFactory.createMicroservice(HandlersModule, { strategy, logger: false, abortOnError: false });
  closing.push(
    () => broker.close(),
    () => app.close(),
  );
  return { app, broker, logger, metrics, deadLetters: queues.chat_queue.deadLetters };
}

async function started(...controllers: Type[]) {
  const created = await createMicroservice(...controllers);
  await created.app.listen();
  return created;
}

describe('QueueConsumer in a Nest microservice', () => {
  it('calls the handler of the type with payload and context, and acknowledges', async () => {
    const { broker, metrics } = await started(ChatHandlers);
    const deadline = new Date('2030-01-01T00:00:00Z');
    const sent = chatMessage(7, { requestId: 'req-7', traceparent: '00-a-b-01', deadline });
    await broker.publish('chat_queue', sent);
    await vi.waitFor(() => expect(metrics.consumes).toEqual(['chat_queue chat.generate ack']));
    const [payload, context] = handle.mock.calls[0] ?? [];
    expect(payload).toEqual({ jobId: 'job-7', chatId: 'chat-1' });
    expect(context).toBeInstanceOf(DeliveryContext);
    expect(context).toMatchObject({
      messageId: sent.id,
      type: 'chat.generate',
      attempt: 1,
      schemaVersion: 1,
      redelivered: false,
      requestId: 'req-7',
      traceparent: '00-a-b-01',
      deadline,
    });
  });

  it('takes the outcome that a handler returns', async () => {
    const { broker } = await started(ChatHandlers);
    handle.mockResolvedValueOnce({ do: 'retry', afterMs: 5 });
    await broker.publish('chat_queue', chatMessage());
    await vi.waitFor(() => expect(handle.mock.calls.map(([, { attempt }]) => attempt)).toEqual([1, 2]));
  });

  it('sees the very error that a handler threw', async () => {
    const { broker, deadLetters, metrics } = await started(ChatHandlers);
    handle.mockRejectedValueOnce(new NotFoundError('chat', 'c9'));
    await broker.publish('chat_queue', chatMessage());
    await vi.waitFor(() => expect(deadLetters).toHaveLength(1));
    expect(deadLetters[0]?.properties.headers?.['slipstream-dead-reason']).toBe(
      "chat_not_found: The chat 'c9' does not exist.",
    );
    handle.mockRejectedValueOnce(new SlipstreamError('pool_busy', 'Busy.'));
    await broker.publish('chat_queue', chatMessage());
    await vi.waitFor(() => expect(metrics.consumes.at(-1)).toBe('chat_queue chat.generate retry'));
  });

  it('says what to do when Nest has swallowed the error', async () => {
    const { broker, deadLetters, logger } = await started(PlainHandlers);
    handle.mockRejectedValueOnce(new NotFoundError('chat', 'c9'));
    await broker.publish('chat_queue', chatMessage());
    await vi.waitFor(() => expect(deadLetters).toHaveLength(1));
    expect(logger.lines.map(({ message }) => message).join()).toContain('use @QueueController()');
  });

  it('buries a message of a type that nothing handles here', async () => {
    const { broker, deadLetters } = await started(NoHandlers);
    await broker.publish('chat_queue', chatMessage());
    await vi.waitFor(() => expect(deadLetters).toHaveLength(1));
    expect(deadLetters[0]?.properties.headers?.['slipstream-dead-reason']).toBe(
      "no handler for 'chat.generate' in the consumer of chat_queue",
    );
  });

  it('lets a running handler end before close() does', async () => {
    const { app, broker, metrics } = await started(ChatHandlers);
    const work = Promise.withResolvers<void>();
    handle.mockImplementationOnce(() => work.promise);
    await broker.publish('chat_queue', chatMessage());
    await vi.waitFor(() => expect(handle).toHaveBeenCalledOnce());
    let isClosed = false;
    const closed = app.close().then(() => (isClosed = true));
    await broker.check();
    expect(isClosed).toBe(false);
    work.resolve();
    await closed;
    expect(metrics.consumes).toEqual(['chat_queue chat.generate ack']);
  });

  it.each([
    ['a type that no message has', [MisspeltHandlers], /unknown message type 'chat.generat'/],
    ['a second handler of one type', [ChatHandlers, PlainHandlers], /Two handlers are bound to 'chat\.generate'/],
  ])('refuses to start with %s', async (_, controllers, message) => {
    const { app } = await createMicroservice(...controllers);
    const start = app.listen();
    await expect(start).rejects.toThrow(StartupError);
    await expect(start).rejects.toThrow(message);
  });

  it('refuses a queue that there is not', () => {
    const broker = new MemoryBroker({ logger: recordingLogger(), metrics: recordingMetrics() });
    expect(() => new QueueConsumer({ broker, queue: 'chat', concurrency: 1, logger: recordingLogger() })).toThrow(
      InvalidQueueError,
    );
  });
});
