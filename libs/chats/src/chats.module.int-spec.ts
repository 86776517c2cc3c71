import { randomUUID } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { DatabasePool, DatabaseStores } from '@slipstream/mongo';
import { ChatStore } from './chat.store.js';
import { ChatsModule } from './chats.module.js';
import { JobStore } from './jobs/job.store.js';

const uri = new URL(inject('mongodbUri'));
uri.pathname = `/chats_module_${randomUUID().slice(0, 8)}`;
const logger = { info: () => undefined, warn: vi.fn() };
let stores: DatabaseStores;
let pool: DatabasePool;

beforeAll(async () => {
  stores = await DatabaseStores.open({ uri: uri.href, minPoolSize: 1, logger }, [ChatsModule], false);
  pool = stores.get(DatabasePool);
  await vi.waitFor(() => pool.check(), { timeout: 20_000 });
});
afterAll(async () => {
  await pool.connection.dropDatabase();
  await stores.close();
});

describe('ChatsModule', () => {
  it('registers its models on the connection of the pool, and creates their indexes', async () => {
    expect(Object.keys(pool.connection.models).toSorted()).toEqual(['Chat', 'Job', 'Removal']);
    const indexes = await pool.connection.collection('jobs').indexes();
    expect(indexes).toContainEqual(expect.objectContaining({ key: { chatId: 1, ordinal: 1 }, unique: true }));
  });

  it('injects model and pool into its stores', async () => {
    const chat = await stores.get(ChatStore).create({ id: randomUUID() }, { userId: 'u', title: 'hi' });
    expect(await stores.get(ChatStore).find(chat.id)).toEqual(chat);
    expect(await stores.get(JobStore).openIdsOf(chat.id, 1)).toEqual([]);
  });

  it('does not find a store of a module that was not opened', () => {
    class Foreign {}
    expect(() => stores.get(Foreign)).toThrow('Foreign');
  });
});

it('connects when the database is there at last, and its address was refused before', async () => {
  const hole = createServer();
  await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
  const { port } = hole.address() as { port: number };
  await new Promise((resolve) => hole.close(resolve));
  const options = { uri: `mongodb://127.0.0.1:${port}/late`, minPoolSize: 1, serverSelectionTimeoutMs: 50, logger };
  const late = await DatabaseStores.open(options, [ChatsModule], false);
  await vi.waitFor(() => expect(logger.warn).toHaveBeenCalled(), { timeout: 20_000 });
  await expect(late.check()).rejects.toMatchObject({ code: 'mongodb_unavailable' });
  const relay = createServer((socket) => {
    const server = connect(Number(uri.port), uri.hostname);
    socket.pipe(server).pipe(socket);
    for (const end of [socket, server]) end.on('error', () => end.destroy());
  });
  await new Promise<void>((resolve) => relay.listen(port, '127.0.0.1', resolve));
  await vi.waitFor(() => late.check(), { timeout: 20_000 });
  await late.close();
  relay.close();
});
