import { afterEach, expect, it, vi } from 'vitest';
import { DatabasePool } from '@slipstream/mongo';
import { Client } from '@slipstream/e2e/client';
import { startService, type ServiceProcess } from '@slipstream/e2e/process';
import { storesEnv } from '@slipstream/e2e/system';

const WORKERS = 12;
const STEPS_OF_EACH = 25;
const NOTIFIED = { channels: ['inbox', 'webhook'], webhook: { url: 'http://127.0.0.1:9/never' } };

let running: ServiceProcess | undefined;
let database: DatabasePool | undefined;
afterEach(async () => {
  await running?.stop('SIGKILL');
  await database?.close();
});

async function start(env: NodeJS.ProcessEnv): Promise<Client> {
  running = await startService('standalone', env);
  const { managementUrl, url } = running;
  await vi.waitFor(
    async () => expect(await (await fetch(`${managementUrl}/health/ready`)).json()).toMatchObject({ status: 'ok' }),
    { timeout: 30_000 },
  );
  return new Client(url);
}

/** Numbers of a fixed sequence. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

/** Users and chats that several callers use, and remove, at the same time. */
class Scene {
  readonly userIds: string[] = [];
  readonly chatIds: string[] = [];

  constructor(
    private readonly client: Client,
    private readonly random: Generator<number, never>,
  ) {}

  async step(): Promise<unknown> {
    const [userId, chatId, step] = [this.one(this.userIds), this.one(this.chatIds), this.random.next().value % 16];
    if (step < 2 || userId === undefined)
      return this.keep(this.userIds, await this.client.call<{ id: string }>('POST', '/users', { name: 'Ada' }));
    if (step < 5 || chatId === undefined)
      return this.keep(this.chatIds, await this.client.call<{ id: string }>('POST', '/chats', { userId }));
    if (step < 9)
      return this.client.call('POST', `/chats/${chatId}/messages`, { content: 'hi', model: 'demo-echo', notify: true });
    if (step < 11) return this.client.call('POST', '/notifications', { userId, data: { title: 'a', text: 'b' } });
    if (step < 12) return this.client.call('PUT', `/users/${userId}/notification-preferences`, NOTIFIED);
    // What is removed is used at the same time: that is where things get lost.
    const path = step < 15 ? `/chats/${chatId}` : `/users/${userId}`;
    const uses = [
      this.client.call('POST', `/chats/${chatId}/messages`, {
        content: 'at the same time',
        model: 'demo-echo',
        notify: true,
      }),
      this.client.call('POST', '/chats', { userId }),
      this.client.call('POST', '/notifications', { userId, data: { title: 'a', text: 'b' } }),
      this.client.call('PUT', `/users/${userId}/notification-preferences`, NOTIFIED),
    ];
    return Promise.all([...uses, this.client.call('DELETE', path)]);
  }

  private one(ids: readonly string[]): string | undefined {
    return ids[this.random.next().value % Math.max(1, Math.min(8, ids.length))];
  }

  /** In front, so that the newest are used most. */
  private keep(ids: string[], { status, json }: { status: number; json: { id: string } }): void {
    if (status === 201) ids.unshift(json.id);
  }
}

const OWNED_BY_USER = ['chats', 'jobs', 'notifications', 'notification_deliveries', 'inbox'];

/** What is stored and belongs to nobody, by collection. */
async function orphansOf({ connection }: DatabasePool): Promise<Record<string, number>> {
  const all = async (name: string) =>
    connection.collection<{ _id: string; userId?: string; chatId?: string }>(name).find().toArray();
  const [users, chats] = await Promise.all([all('users'), all('chats')]);
  const [userIds, chatIds] = [new Set(users.map(({ _id }) => _id)), new Set(chats.map(({ _id }) => _id))];
  const found: Record<string, number> = {};
  for (const name of OWNED_BY_USER)
    found[name] = (await all(name)).filter(({ userId }) => !userIds.has(userId ?? '')).length;
  found.turns = (await all('jobs')).filter(({ chatId }) => !chatIds.has(chatId ?? '')).length;
  found.preferences = (await all('notification_preferences')).filter(({ _id }) => !userIds.has(_id)).length;
  found.removals = (await all('removals')).length;
  return found;
}

const NOTHING = {
  chats: 0,
  jobs: 0,
  notifications: 0,
  notification_deliveries: 0,
  inbox: 0,
  turns: 0,
  preferences: 0,
  removals: 0,
};

async function expectNoOrphans(uri: string): Promise<void> {
  const pool = new DatabasePool({ uri, minPoolSize: 1, logger: { info: () => undefined, warn: () => undefined } });
  database = pool;
  pool.start();
  await vi.waitFor(() => pool.check(), { timeout: 20_000 });
  await vi.waitFor(async () => expect(await orphansOf(pool)).toEqual(NOTHING), { timeout: 120_000, interval: 2_000 });
}

const workOn = (client: Client, seed: number) => {
  const scene = new Scene(client, numbers(seed));
  return Promise.all(
    Array.from({ length: WORKERS }, async () => {
      for (let step = 0; step < STEPS_OF_EACH; step += 1) await scene.step();
    }),
  );
};

it('users and chats that are removed while others use them leave nothing behind', async () => {
  const env = { MONGODB_URI: storesEnv().MONGODB_URI };
  await workOn(await start(env), 12);
  await expectNoOrphans(env.MONGODB_URI);
}, 300_000);

it('a process that is killed in the middle of removals leaves nothing behind once the next one runs', async () => {
  const env = { MONGODB_URI: storesEnv().MONGODB_URI };
  const client = await start(env);
  let removals = 0;
  const call = client.call.bind(client);
  client.call = (async (method: string, ...rest: [string]) => {
    if (method === 'DELETE' && (removals += 1) === 30) running!.child.kill('SIGKILL');
    return call(method, ...rest);
  }) as typeof client.call;
  await workOn(client, 13).catch(() => undefined);
  await running!.exited;
  await start(env);
  await expectNoOrphans(env.MONGODB_URI);
}, 300_000);
