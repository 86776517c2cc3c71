import { expect, it, vi } from 'vitest';
import { createCache } from '@slipstream/cache';
import type { Chat, Page, Principal, User } from '@slipstream/contracts';
import { Access } from './access.js';
import { ChatsController } from './chats.controller.js';
import { UsersController } from './users.controller.js';

const admin: Principal = { role: 'admin', keyId: 'k' };
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** Look-ups by id over a real cache, of things that do not exist. */
function newLookups() {
  const { manager, invalidator } = createCache({ logger });
  const users = { find: vi.fn(async (): Promise<User | null> => null) };
  const chats = {
    find: vi.fn(async (): Promise<Chat | null> => null),
    list: vi.fn(async (): Promise<Page<Chat>> => ({ items: [] })),
  };
  const access = new Access(manager, chats as never, {} as never);
  const usersController = new UsersController(access, users as never, manager, invalidator, {} as never);
  const chatsController = new ChatsController(
    access,
    users as never,
    chats as never,
    manager,
    invalidator,
    {} as never,
  );
  const lookups: Record<string, (id: string) => Promise<unknown>> = {
    chat: (id) => access.chat(admin, id),
    user: (id) => usersController.find(admin, id),
    'owner of a new chat': (id) => chatsController.create(admin, { id: 'new' }, { userId: id, title: 't' }),
    'chats of a user': (userId) => chatsController.list(admin, { userId, limit: 20 }),
  };
  return { manager, chats, lookups };
}

it.each(Object.keys(newLookups().lookups))('leaves nothing in the cache for unknown ids: %s', async (what) => {
  const { manager, lookups } = newLookups();
  for (let id = 0; id < 500; id += 1) await lookups[what]!(`unknown-${id}`).catch(() => undefined);
  expect(manager.usage.entries).toBe(0);
});

it('finds at once what was made after it was asked for in vain', async () => {
  const { chats, lookups } = newLookups();
  await expect(lookups.chat!('c')).rejects.toMatchObject({ code: 'chat_not_found' });
  chats.find.mockResolvedValue({ id: 'c', userId: 'ada', title: 't', createdAt: '', updatedAt: '' });
  expect(await lookups.chat!('c')).toMatchObject({ id: 'c' });
});
