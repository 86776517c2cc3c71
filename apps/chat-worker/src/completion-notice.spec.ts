import { expect, it, vi } from 'vitest';
import type { JobDocument } from '@slipstream/chats';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { createTelemetry } from '@slipstream/telemetry';
import { CompletionNotice } from './completion-notice.js';

const { logger } = createTelemetry({ processName: 'test', level: 'silent' });
const ended = (over: Partial<JobDocument> = {}) =>
  ({
    _id: 'job-1',
    chatId: 'c',
    userId: 'ada',
    state: 'succeeded',
    notify: true,
    question: { content: 'a secret' },
    answer: { content: 'a secret' },
    ...over,
  }) as JobDocument;

function newCompletionNotice() {
  const mocks = {
    jobs: { notified: vi.fn(async () => undefined) },
    chats: { find: vi.fn(async () => ({ title: 'Plans' })) },
    users: { existing: vi.fn(async (ids: readonly string[]) => [...ids]) },
    notifications: { create: vi.fn(async () => ({ _id: 'job-1' })), deleteOf: vi.fn(async () => undefined) },
    queue: { publish: vi.fn(async () => 'm') },
  };
  return {
    mocks,
    sut: new CompletionNotice(
      mocks.jobs,
      mocks.chats as never,
      mocks.users,
      mocks.notifications as never,
      mocks.queue,
      logger,
    ),
  };
}

it.each([
  ['succeeded', undefined, 'chat.completed'],
  ['failed', { code: 'model_away', detail: 'a secret' }, 'chat.failed'],
] as const)('tells of a job that has %s, under its own id and without a word of it', async (state, error, kind) => {
  const { sut, mocks } = newCompletionNotice();
  await sut.send(ended({ state, error }));
  const [identity, input] = mocks.notifications.create.mock.calls[0] as unknown as [object, object];
  expect(identity).toMatchObject({ id: 'job-1', requestHash: expect.any(String) as string });
  expect(input).toMatchObject({ userId: 'ada', kind, data: { chat: 'Plans', jobId: 'job-1' } });
  expect(JSON.stringify(input)).not.toContain('a secret');
  expect(mocks.jobs.notified).toHaveBeenCalledWith('job-1');
  expect(mocks.queue.publish).toHaveBeenCalledOnce();
});

it.each([{ notify: undefined }, { state: 'cancelled' as const }, { state: 'queued' as const }])(
  'is silent for %j',
  async (over) => {
    const { sut, mocks } = newCompletionNotice();
    await sut.send(ended(over));
    expect(mocks.notifications.create).not.toHaveBeenCalled();
  },
);

it('takes the notice back when its user was removed meanwhile', async () => {
  const { sut, mocks } = newCompletionNotice();
  mocks.users.existing.mockResolvedValue([]);
  await sut.send(ended());
  expect(mocks.notifications.deleteOf).toHaveBeenCalledWith('ada');
  expect(mocks.queue.publish).not.toHaveBeenCalled();
});

it('leaves it to the sweeper when the database is away: the job stays unnotified', async () => {
  const { sut, mocks } = newCompletionNotice();
  mocks.notifications.create.mockRejectedValue(new DependencyUnavailableError('mongodb'));
  await expect(sut.send(ended())).resolves.toBeUndefined();
  expect(mocks.jobs.notified).not.toHaveBeenCalled();
});
