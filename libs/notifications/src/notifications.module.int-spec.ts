import { randomUUID } from 'node:crypto';
import { expect, inject, it, vi } from 'vitest';
import { DatabasePool, DatabaseStores } from '@slipstream/mongo';
import { InboxStore } from './inbox/inbox.store.js';
import { NotificationStore } from './notification.store.js';
import { NotificationsModule } from './notifications.module.js';

it('gives the inbox its options, and closes with the pool', async () => {
  const uri = new URL(inject('mongodbUri'));
  uri.pathname = `/notifications_module_${randomUUID().slice(0, 8)}`;
  const logger = { info: () => undefined, warn: () => undefined };
  const options = { uri: uri.href, minPoolSize: 1, logger };
  const stores = await DatabaseStores.open(options, [NotificationsModule.with({ retentionMs: 5 })], false);
  const pool = stores.get(DatabasePool);
  await vi.waitFor(() => pool.check(), { timeout: 20_000 });
  expect(stores.get(InboxStore)).toHaveProperty('retentionMs', 5);
  expect(await stores.get(NotificationStore).find(randomUUID())).toBeNull();
  await pool.connection.dropDatabase();
  await stores.close();
  await stores.close();
  await expect(pool.check()).rejects.toThrow();
});
