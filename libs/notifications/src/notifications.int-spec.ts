import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { ConflictError, createNotification, type DeliveryAttempt } from '@slipstream/contracts';
import { ownDatabase } from '@slipstream/mongo/testing';
import { notificationStoresOn } from './testing/index.js';

const LEASE_MS = 60_000;
const attempt = <T extends DeliveryAttempt['outcome']>(outcome: T) => ({
  at: new Date().toISOString(),
  outcome,
  code: 'webhook_status',
  status: 503,
});

const pool = ownDatabase('notifications');
const { notifications, deliveries, inbox, preferences } = notificationStoresOn(pool);

const accepted = (userId: string = randomUUID(), id: string = randomUUID()) =>
  notifications.create({ id, requestHash: 'h' }, createNotification.parse({ userId, data: { title: 'x' } }));
const times = <T>(count: number, task: () => Promise<T>) => Promise.all(Array.from({ length: count }, task));

async function delivery() {
  const notification = await accepted();
  await deliveries.create(notification, ['webhook']);
  return notification._id;
}

describe('NotificationStore', () => {
  it('stores a notification once for its identity, and refuses another under it', async () => {
    const id = randomUUID();
    await times(5, () => accepted('u', id));
    await expect(
      notifications.create({ id, requestHash: 'other' }, createNotification.parse({ userId: 'u' })),
    ).rejects.toThrow(ConflictError);
    expect(await notifications.status(id)).toMatchObject({ id, userId: 'u', state: 'accepted', deliveries: [] });
  });

  it('counts those that wait for their dispatch, up to a limit', async () => {
    const before = await notifications.countOpen(1_000);
    const [first] = await times(3, () => accepted());
    await notifications.dispatched(first!._id);
    expect([await notifications.countOpen(1_000), await notifications.countOpen(before + 1)]).toEqual([
      before + 2,
      before + 1,
    ]);
  });

  it('hands out what was not dispatched in time, to one of many, until it is', async () => {
    const { _id } = await accepted();
    await pool.connection
      .collection('notifications')
      .updateMany({}, { $set: { wakeAt: new Date(Date.now() + LEASE_MS) } });
    await pool.connection
      .collection<{ _id: string }>('notifications')
      .updateOne({ _id }, { $set: { wakeAt: new Date(0) } });
    expect((await times(5, () => notifications.takeOverdue(LEASE_MS))).filter(Boolean)).toMatchObject([{ _id }]);
    await pool.connection
      .collection<{ _id: string }>('notifications')
      .updateOne({ _id }, { $set: { wakeAt: new Date(0) } });
    await notifications.dispatched(_id);
    expect(await notifications.takeOverdue(LEASE_MS)).toBeNull();
  });
});

describe('DeliveryStore', () => {
  it('has one delivery for a channel of a notification, however often it is stored', async () => {
    const notification = await accepted();
    await times(10, () => deliveries.create(notification, ['webhook']));
    await deliveries.create(notification, ['inbox']);
    expect((await notifications.status(notification._id))?.deliveries.map(({ channel }) => channel)).toEqual([
      'inbox',
      'webhook',
    ]);
  });

  it('lets one of many workers have it, and nobody once it has ended', async () => {
    const id = await delivery();
    const claims = (await times(10, () => deliveries.claim(id, 'webhook', LEASE_MS))).filter((claim) => claim !== null);
    expect(claims).toHaveLength(1);
    expect(await deliveries.settle(claims[0]!, { attempt: attempt('delivered') })).toBe(true);
    expect(await deliveries.settle(claims[0]!, { attempt: attempt('failed') })).toBe(false);
    expect(await deliveries.claim(id, 'webhook', LEASE_MS)).toBeNull();
    expect((await notifications.status(id))?.deliveries).toMatchObject([
      { state: 'delivered', attempts: [{ outcome: 'delivered' }] },
    ]);
  });

  it('takes no word of a worker that was overtaken', async () => {
    const id = await delivery();
    const slow = await deliveries.claim(id, 'webhook', 1);
    const quick = await vi.waitFor(async () => {
      const claim = await deliveries.claim(id, 'webhook', LEASE_MS);
      expect(claim).not.toBeNull();
      return claim!;
    });
    expect(await deliveries.settle(slow!, { attempt: attempt('failed') })).toBe(false);
    expect(await deliveries.settle(quick, { attempt: attempt('delivered') })).toBe(true);
    expect((await notifications.status(id))?.deliveries).toMatchObject([
      { state: 'delivered', attempts: [{ outcome: 'delivered' }] },
    ]);
  });

  it('rests before a retry, then is due, once', async () => {
    const id = await delivery();
    const first = await deliveries.claim(id, 'webhook', LEASE_MS);
    await deliveries.settle(first!, { attempt: attempt('retry'), delayMs: LEASE_MS });
    expect(await deliveries.claim(id, 'webhook', LEASE_MS)).toBeNull();
    const past = new Date(0);
    await pool.connection
      .collection('notification_deliveries')
      .updateOne({ notificationId: id }, { $set: { wakeAt: past, claimableAt: past } });
    const due = (await times(5, () => deliveries.takeOverdue(LEASE_MS))).filter((each) => each?.notificationId === id);
    expect(due).toHaveLength(1);
    expect(await deliveries.claim(id, 'webhook', LEASE_MS)).toMatchObject({
      fence: 2,
      attempts: [{ outcome: 'retry', code: 'webhook_status', status: 503 }],
    });
  });
});

describe('InboxStore', () => {
  it('holds a notification once, and gives the others their places without gaps', async () => {
    const userId = randomUUID();
    const ids = Array.from({ length: 8 }, () => randomUUID());
    await Promise.all([...ids, ...ids].map((id) => inbox.put({ id, userId, kind: 'message', title: 't', text: 'x' })));
    const entries = await inbox.after(userId, 0, 100);
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(entries.map(({ notification }) => notification.id).toSorted()).toEqual(ids.toSorted());
    expect([await inbox.newestPlace(userId), await inbox.newestPlace('nobody')]).toEqual([8, 0]);
    expect((await inbox.after(userId, 6, 100)).map(({ sequence }) => sequence)).toEqual([7, 8]);
  });

  it('forgets each after its time, but the newest, from which the places are counted', async () => {
    const userId = randomUUID();
    const brief = notificationStoresOn(pool, { retentionMs: 1_000 }).inbox;
    for (const id of ['a', 'b', 'c'])
      await brief.put({ id: `${userId}-${id}`, userId, kind: 'message', title: 't', text: 'x' });
    const stored = pool.connection.collection<{
      _id: string;
      sequence: number;
      expiresAt?: Date;
      updatedAt: Date;
      createdAt: Date;
    }>('inbox');
    const kept = await stored.find({ userId }).sort({ sequence: 1 }).toArray();
    expect(
      kept.map(
        ({ expiresAt }) =>
          expiresAt && expiresAt.getTime() > Date.now() - 60_000 && expiresAt.getTime() <= Date.now() + 1_000,
      ),
    ).toEqual([true, true, undefined]);
    expect(kept.map(({ createdAt, updatedAt }) => updatedAt.getTime() - createdAt.getTime())).toEqual([0, 0, 0]);
    expect(await stored.indexes()).toContainEqual(
      expect.objectContaining({ key: { expiresAt: 1 }, expireAfterSeconds: 0 }),
    );
    await stored.deleteMany({ userId, expiresAt: { $exists: true } }); // as the database does
    expect(await brief.put({ id: `${userId}-d`, userId, kind: 'message', title: 't', text: 'x' })).toMatchObject({
      sequence: 4,
    });
  });

  it('lets the one before go also when the process died that put the next', async () => {
    const userId = randomUUID();
    const put = (id: string) => inbox.put({ id: `${userId}-${id}`, userId, kind: 'message', title: 't', text: 'x' });
    await put('a');
    await put('b');
    const stored = pool.connection.collection('inbox');
    await stored.updateMany({ userId }, { $unset: { expiresAt: 1 } });
    await put('b');
    expect(await stored.countDocuments({ userId, expiresAt: { $exists: true } })).toBe(1);
  });
});

describe('NotificationPreferenceStore', () => {
  it('keeps what a person said, dots in kinds included, and has defaults for others', async () => {
    const userId = randomUUID();
    expect(await preferences.find(userId)).toEqual({ channels: ['inbox'], kinds: {} });
    const said = {
      channels: ['email' as const],
      kinds: { 'chat.completed': [] },
      webhook: { url: 'https://a.example/', secret: 'whsec_x' },
    };
    await preferences.replace(userId, said);
    expect(await preferences.find(userId)).toEqual(said);
    await preferences.deleteOf(userId);
    expect(await preferences.find(userId)).toEqual({ channels: ['inbox'], kinds: {} });
  });
});
