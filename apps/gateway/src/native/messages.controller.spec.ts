import { expect, it, vi } from 'vitest';
import type { JobDocument } from '@slipstream/chats';
import { InvalidInputError, type Principal } from '@slipstream/contracts';
import { MessagesController } from './messages.controller.js';
import { QueueFullError } from './queue-full.error.js';

const caller: Principal = { role: 'admin', keyId: 'k' };
const context = { requestId: 'r', traceparent: 't' } as Parameters<MessagesController['post']>[1];
const identity = { id: 'j', requestHash: 'h' };
const body = { content: 'hi', model: 'gone', notify: false };
const job = { _id: 'j', chatId: 'c', state: 'succeeded', attempts: 1, question: { messageId: 'q' } } as JobDocument;

function newController() {
  const mocks = {
    access: { chat: vi.fn(async () => ({ id: 'c', userId: 'ada' })) },
    jobs: { findEarlier: vi.fn(async (): Promise<JobDocument | null> => null), create: vi.fn(async () => job) },
    backlog: { admit: vi.fn(async () => undefined) },
    queue: { publish: vi.fn(async () => 'm') },
    models: { models: vi.fn(async () => [{ id: 'there', ownedBy: 'x' }]) },
    removal: { isStillThere: vi.fn(async () => true) },
    logger: { warn: vi.fn() },
  };
  const sut = new (MessagesController as unknown as new (...ports: unknown[]) => MessagesController)(
    mocks.access,
    mocks.jobs,
    mocks.backlog,
    mocks.queue,
    mocks.models,
    mocks.removal,
    mocks.logger,
  );
  return {
    mocks,
    post: (message: Partial<typeof body> = {}) => sut.post(caller, context, identity, 'c', { ...body, ...message }),
  };
}

it('answers again what it has accepted, though the model is gone and the queue full by now', async () => {
  const { mocks, post } = newController();
  mocks.jobs.findEarlier.mockResolvedValue(job);
  mocks.backlog.admit.mockRejectedValue(
    new QueueFullError('interactive', { max: 1, what: 'generations', setting: 'x' }),
  );
  expect(await post()).toEqual({ messageId: 'q', jobId: 'j', eventsUrl: '/slipstream/v1/jobs/j/events' });
  expect(mocks.queue.publish).not.toHaveBeenCalled();
});

it('stores nothing for a model that there is not, nor while too much is open', async () => {
  const { mocks, post } = newController();
  await expect(post()).rejects.toThrow(InvalidInputError);
  mocks.backlog.admit.mockRejectedValue(
    new QueueFullError('interactive', { max: 1, what: 'generations', setting: 'x' }),
  );
  await expect(post({ model: 'there' })).rejects.toThrow(QueueFullError);
  expect(mocks.jobs.create).not.toHaveBeenCalled();
});

it('has accepted what is stored, though the wake-up is lost', async () => {
  const { mocks, post } = newController();
  mocks.jobs.create.mockResolvedValue({ ...job, state: 'queued', attempts: 0 });
  mocks.queue.publish.mockRejectedValue(new Error('away'));
  expect(await post({ model: 'there' })).toMatchObject({ jobId: 'j' });
  await vi.waitFor(() => expect(mocks.logger.warn).toHaveBeenCalledOnce());
});
