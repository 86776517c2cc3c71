import { expect, it, vi } from 'vitest';
import { DependencyUnavailableError } from '@slipstream/contracts';
import type { NotificationStore } from '@slipstream/notifications';
import { createTelemetry } from '@slipstream/telemetry';
import { QueueFullError } from '../queue-full.error.js';
import { NotificationSender } from './notification-sender.js';

type NotificationDocument = NonNullable<Awaited<ReturnType<NotificationStore['findEarlier']>>>;

const { logger } = createTelemetry({ processName: 'test', level: 'silent' });
const input = { userId: 'ada', kind: 'message', data: {} };
const stored = { _id: 'n', state: 'accepted' } as NotificationDocument;

function newSender() {
  const mocks = {
    notifications: {
      findEarlier: vi.fn(async (): Promise<NotificationDocument | null> => null),
      create: vi.fn(async () => stored),
      createAll: vi.fn(async () => undefined),
    },
    backlog: { admit: vi.fn(async () => undefined) },
    queue: { publish: vi.fn(async () => 'm') },
  };
  return { mocks, sut: new NotificationSender(mocks.notifications, mocks.backlog, mocks.queue, logger) };
}

const full = () =>
  Promise.reject(
    new QueueFullError('interactive', { max: 1, what: 'notifications', setting: 'notifications.maxOpen' }),
  );

it('stores nothing while too many wait, and says when to come back', async () => {
  const { sut, mocks } = newSender();
  mocks.backlog.admit.mockImplementation(full);
  for (const send of [() => sut.send({ id: 'n' }, input), () => sut.sendAll([input, input])]) {
    await expect(send()).rejects.toMatchObject({
      code: 'queue_full',
      retryAfterSeconds: 10,
      message: expect.stringContaining('notifications.maxOpen') as string,
    });
  }
  expect(mocks.backlog.admit.mock.calls).toEqual([[], ['interactive', 2]]);
  expect(mocks.notifications.create).not.toHaveBeenCalled();
  expect(mocks.notifications.createAll).not.toHaveBeenCalled();
});

it('gives an earlier answer again, however full it is', async () => {
  const { sut, mocks } = newSender();
  mocks.backlog.admit.mockImplementation(full);
  mocks.notifications.findEarlier.mockResolvedValue(stored);
  expect(await sut.send({ id: 'n', requestHash: 'h' }, input)).toBe('n');
});

it('has accepted what is stored, though the wake-up is lost', async () => {
  const { sut, mocks } = newSender();
  mocks.queue.publish.mockRejectedValue(new DependencyUnavailableError('rabbitmq'));
  expect(await sut.send({ id: 'n' }, input)).toBe('n');
});
