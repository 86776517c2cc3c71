import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { createNotification } from '@slipstream/contracts';
import type { DatabasePool } from '@slipstream/mongo';
import { restsContract } from '@slipstream/mongo/testing';
import { notificationStoresOn } from './testing/index.js';

const REST_MS = 60_000;

async function claimedDelivery(pool: DatabasePool) {
  const notification = await notificationStoresOn(pool).notifications.create(
    { id: randomUUID() },
    createNotification.parse({ userId: 'u' }),
  );
  const deliveries = notificationStoresOn(pool).deliveries;
  await deliveries.create(notification, ['webhook']);
  const claimed = (await deliveries.claim(notification._id, 'webhook', REST_MS)) ?? expect.fail('not claimed');
  const take = async () => {
    const isOverdue = (await deliveries.takeOverdue(REST_MS))?._id === claimed._id;
    return isOverdue && (await deliveries.claim(notification._id, 'webhook', REST_MS)) !== null;
  };
  return { deliveries, claimed, take };
}

restsContract('notifications', {
  'a notification that waits for its dispatch': async (pool) => {
    const notifications = notificationStoresOn(pool).notifications;
    await notifications.create({ id: randomUUID() }, createNotification.parse({ userId: 'u' }));
    return { restMs: 5_000, take: async () => (await notifications.takeOverdue(REST_MS)) !== null };
  },
  'the lease of a delivery': async (pool) => ({ restMs: REST_MS, take: (await claimedDelivery(pool)).take }),
  'a delivery that waits for its retry': async (pool) => {
    const { deliveries, claimed, take } = await claimedDelivery(pool);
    await deliveries.settle(claimed, { attempt: { at: '', outcome: 'retry' }, delayMs: REST_MS });
    return { restMs: REST_MS, take };
  },
});
