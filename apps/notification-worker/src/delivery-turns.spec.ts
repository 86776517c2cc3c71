import { expect, it, vi } from 'vitest';
import type { NotificationChannel } from '@slipstream/contracts';
import { FairPlaces } from '@slipstream/rabbitmq';
import type { Delivery } from '@slipstream/notifications';
import { DeliveryTurns } from './delivery-turns.js';

const CONCURRENCY = 16;

/** A worker whose webhooks hang until they are told to end. */
function sut() {
  const begun: string[] = [];
  const hanging: (() => void)[] = [];
  const work: Delivery['work'] = async (id, channel) => {
    begun.push(`${channel} ${id}`);
    if (channel !== 'inbox') await new Promise<void>((end) => hanging.push(end));
  };
  const turns = new DeliveryTurns(
    { work },
    new FairPlaces({ total: CONCURRENCY, isQuick: (channel) => channel === 'inbox' }),
  );
  const deliver = (userId: string, channel: NotificationChannel, n: number) =>
    turns.work({ notificationId: `${userId}-${n}`, channel, userId });
  return { begun, hanging, deliver };
}

const countOf = (begun: readonly string[], start: string): number =>
  begun.filter((each) => each.startsWith(start)).length;

it('300 webhooks of one user that hang delay neither inboxes nor the webhooks of others', async () => {
  const { begun, hanging, deliver } = sut();
  const all = Array.from({ length: 300 }, (_, n) => deliver('ada', 'webhook', n));
  await deliver('bo', 'inbox', 1);
  await deliver('ada', 'inbox', 1);
  void deliver('cy', 'webhook', 1);
  await vi.waitFor(() => expect(begun).toEqual(expect.arrayContaining(['inbox bo-1', 'inbox ada-1', 'webhook cy-1'])));
  const atFirst = countOf(begun, 'webhook ada');
  expect(atFirst).toBeGreaterThan(1);
  expect(atFirst).toBeLessThan(CONCURRENCY);
  // All are delivered in the end, and never more at a time.
  while (countOf(begun, 'webhook ada') < 300 || hanging.length > 0) {
    expect(hanging.length).toBeLessThan(CONCURRENCY);
    hanging.shift()?.();
    await new Promise(setImmediate);
  }
  await Promise.all(all);
});

it('users whose receivers hang take turns', async () => {
  const { begun, hanging, deliver } = sut();
  for (const user of ['ada', 'bo', 'cy', 'di']) for (let n = 0; n < 40; n += 1) void deliver(user, 'webhook', n);
  await vi.waitFor(() => expect(hanging.length).toBeGreaterThan(5));
  for (let ended = 0; ended < 80; ended += 1) {
    hanging.shift()?.();
    await new Promise(setImmediate);
  }
  const counts = ['bo', 'cy', 'di'].map((user) => countOf(begun, `webhook ${user}`));
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(4);
  expect(Math.min(...counts)).toBeGreaterThan(10);
});
