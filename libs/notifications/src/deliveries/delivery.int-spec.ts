import { randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { DependencyUnavailableError, createNotification, type NotificationChannel } from '@slipstream/contracts';
import { ownDatabase } from '@slipstream/mongo/testing';
import { createTelemetry } from '@slipstream/telemetry';
import type { Channel, Notice } from '../channel.port.js';
import { DeliveryError } from '../delivery-error.js';
import { Templates } from '../templates/templates.js';
import { notificationStoresOn } from '../testing/notification-stores-on.js';
import { Delivery } from './delivery.js';
import { Dispatch } from './dispatch.js';

const lines: string[] = [];
const { logger } = createTelemetry({
  processName: 'test',
  level: 'debug',
  destination: { write: (line) => void lines.push(line) },
});

const pool = ownDatabase('delivery', logger);
const { notifications, deliveries, preferences } = notificationStoresOn(pool);

/** A notification that is dispatched to the webhook; the channel is a function, the database real. */
async function sut(deliver: Channel['deliver'], { leaseMs = 60_000, maxAttempts = 2 } = {}) {
  const published: [string, NotificationChannel][] = [];
  const queue = {
    publish: async (
      _: string,
      __: string,
      { notificationId, channel }: { notificationId: string; channel: NotificationChannel },
    ) => void published.push([notificationId, channel]),
  };
  const channel = { deliver };
  const delivery = new Delivery(
    notifications,
    deliveries,
    { find: async () => ({}) },
    { inbox: channel, email: channel, webhook: channel },
    new Templates(),
    logger,
    { leaseMs, maxAttempts, retryBaseMs: 1 },
  );
  const dispatch = new Dispatch(notifications, preferences, deliveries, queue as never);
  const { _id: id } = await notifications.create(
    { id: randomUUID() },
    createNotification.parse({ userId: 'u', channel: 'webhook', data: { title: 'private words', text: 'x' } }),
  );
  return {
    id,
    published,
    dispatch: () => dispatch.work(id),
    work: () => delivery.work(id, 'webhook'),
    log: async () => (await notifications.status(id))!.deliveries,
  };
}

const times = (count: number, task: () => Promise<void>) => Promise.all(Array.from({ length: count }, task));

it('takes effect once, however often it is dispatched and delivered', async () => {
  const sent: Notice[] = [];
  const { id, dispatch, work, published, log } = await sut(async (notice) => void sent.push(notice));
  await times(5, dispatch);
  await dispatch();
  await times(10, work);
  await work();
  expect(new Set(published.map(([notificationId]) => notificationId))).toEqual(new Set([id]));
  expect(sent).toMatchObject([{ id, title: 'private words', kind: 'message' }]);
  expect(await log()).toMatchObject([{ state: 'delivered', attempts: [{ outcome: 'delivered' }] }]);
  expect(lines.join('')).not.toContain('private words');
});

it('is tried again after a failure in passing, as often as it may', async () => {
  const { dispatch, work, log } = await sut(() =>
    Promise.reject(new DeliveryError('webhook_status', 'no', { status: 503, isRetryable: true })),
  );
  await dispatch();
  await vi.waitFor(async () => {
    await work();
    expect(await log()).toMatchObject([
      {
        state: 'failed',
        attempts: [
          { outcome: 'retry', status: 503 },
          { outcome: 'failed', status: 503 },
        ],
      },
    ]);
  });
});

it.each([
  ['a failure for good', new DeliveryError('webhook_status', 'no', { status: 410 }), 'webhook_status'],
  ['what no channel should throw', new TypeError('bug'), 'unexpected_error'],
])('ends at %s', async (_, error, code) => {
  const { dispatch, work, log } = await sut(() => Promise.reject(error));
  await dispatch();
  await work();
  expect(await log()).toMatchObject([{ state: 'failed', attempts: [{ outcome: 'failed', code }] }]);
});

it('counts no try when a store of ours is away: the lease ends, and another takes it', async () => {
  const deliver = vi
    .fn<Channel['deliver']>()
    .mockRejectedValueOnce(new DependencyUnavailableError('mongodb'))
    .mockResolvedValue(undefined);
  const { dispatch, work, log } = await sut(deliver, { leaseMs: 1 });
  await dispatch();
  await expect(work()).rejects.toThrow(DependencyUnavailableError);
  await vi.waitFor(async () => {
    await work();
    expect(await log()).toMatchObject([{ state: 'delivered', attempts: [{ outcome: 'delivered' }] }]);
  });
});

it('leaves what was removed meanwhile', async () => {
  const deliver = vi.fn<Channel['deliver']>();
  const { id, dispatch, work } = await sut(deliver);
  await dispatch();
  await pool.connection.collection<{ _id: string }>('notifications').deleteOne({ _id: id });
  await work();
  expect(deliver).not.toHaveBeenCalled();
  expect(await pool.connection.collection('notification_deliveries').findOne({ notificationId: id })).toMatchObject({
    state: 'failed',
  });
});
