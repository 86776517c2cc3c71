import { afterEach, describe, expect, it, vi } from 'vitest';
import { Client, textOf, type StreamEvent } from '@slipstream/e2e/client';
import { Link } from '@slipstream/e2e/link';
import { getOnOwnConnection } from '@slipstream/e2e/own-connection';
import { startService, type ServiceProcess } from '@slipstream/e2e/process';
import { storesEnv } from '@slipstream/e2e/system';

const running: ServiceProcess[] = [];
const links: Link[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop('SIGKILL')));
  links.splice(0).forEach((link) => link.close());
});

async function start(name: string, env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
  const service = await startService(name, env);
  running.push(service);
  return service;
}

/** A gateway and a chat-worker whose stores can be cut off. */
async function sut() {
  const env = storesEnv();
  const [redis, rabbitmq, mongodb] = await Promise.all([
    Link.to(env.REDIS_URL, 6379),
    Link.to(env.RABBITMQ_URL, 5672),
    Link.to(env.MONGODB_URI, 27017),
  ]);
  links.push(redis, rabbitmq, mongodb);
  const stores = { REDIS_URL: redis.url, RABBITMQ_URL: rabbitmq.url, MONGODB_URI: mongodb.url };
  return { redis, rabbitmq, mongodb, stores };
}

const readiness = async ({ managementUrl }: ServiceProcess) => {
  const response = await fetch(`${managementUrl}/health/ready`);
  return { status: response.status, body: (await response.json()) as { status: string } };
};

const untilOk = (services: ServiceProcess[]) =>
  vi.waitFor(
    async () => {
      for (const service of services) expect((await readiness(service)).body.status).toBe('ok');
    },
    { timeout: 30_000, interval: 100 },
  );

async function whole() {
  const parts = await sut();
  const [gateway, worker] = await Promise.all([start('gateway', parts.stores), start('chat-worker', parts.stores)]);
  await untilOk([gateway, worker]);
  return { ...parts, gateway, worker, client: new Client(gateway.url) };
}

type History = { items: { role: string; content: string; state: string }[] };
const answersOf = async (client: Client, chatId: string) =>
  (await client.call<History>('GET', `/chats/${chatId}/messages`)).json.items.filter(
    ({ role }) => role === 'assistant',
  );

describe('stores away at start', () => {
  it('the gateway serves /v1 and says what it waits for; it is whole once they are there', async () => {
    const { redis, rabbitmq, mongodb, stores } = await sut();
    [redis, rabbitmq, mongodb].forEach((link) => link.cut());
    const [gateway, worker] = await Promise.all([start('gateway', stores), start('chat-worker', stores)]);
    const client = new Client(gateway.url);

    expect((await client.call('GET', '/v1/models')).status).toBe(200);
    expect(await client.call('POST', '/users', { name: 'Ada' })).toMatchObject({
      status: 503,
      json: { code: 'mongodb_unavailable' },
    });
    expect(await readiness(gateway)).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect((await readiness(worker)).status).toBe(503);
    for (const name of ['mongodb', 'redis', 'rabbitmq']) {
      await vi.waitFor(
        () =>
          expect(
            gateway.logs.some(({ level, msg }) => level === 'warn' && String(msg).toLowerCase().includes(name)),
          ).toBe(true),
        { timeout: 15_000 },
      );
    }

    [redis, rabbitmq, mongodb].forEach((link) => link.mend());
    await untilOk([gateway, worker]);
    const { chatId } = await client.chat();
    expect((await client.eventsToEnd((await client.post(chatId, 'hello')).eventsUrl)).at(-1)?.type).toBe(
      'message-completed',
    );
  });
});

describe('a store away later', () => {
  it('RabbitMQ: what is accepted meanwhile is answered once it is back, once', async () => {
    const { rabbitmq, client, gateway } = await whole();
    const { chatId } = await client.chat();
    rabbitmq.cut();
    const accepted = await client.post(chatId, 'hello');
    await vi.waitFor(async () => expect((await readiness(gateway)).body.status).toBe('degraded'), { timeout: 10_000 });
    rabbitmq.mend();
    expect((await client.eventsToEnd(accepted.eventsUrl)).at(-1)?.type).toBe('message-completed');
    expect(await answersOf(client, chatId)).toHaveLength(1);
  });

  it('Redis: streams are refused at once, generation continues, and subscribers receive everything later', async () => {
    const { redis, client } = await whole();
    const { chatId } = await client.chat();
    const accepted = await client.post(chatId, 'slowly', 'demo-slow');
    const head: StreamEvent[] = [];
    for await (const event of client.events(accepted.eventsUrl)) if (head.push(event) === 3) break;
    redis.cut();
    await vi.waitFor(
      async () =>
        expect(await client.call('GET', accepted.eventsUrl)).toMatchObject({
          status: 503,
          json: { code: 'redis_unavailable' },
        }),
      { timeout: 10_000 },
    );
    expect((await client.call('GET', `/chats/${chatId}`)).status).toBe(200);
    redis.mend();
    const all = [...head, ...(await client.eventsToEnd(accepted.eventsUrl, head.at(-1)!.id))];
    expect(all.at(-1)).toMatchObject({ type: 'message-completed', data: { message: { content: textOf(all) } } });
    expect((await client.call('GET', `/jobs/${accepted.jobId}`)).json).toMatchObject({ attempts: 1 });
  });

  it('MongoDB: refused with 503, an answer under way is stored when it is back', async () => {
    const { mongodb, client } = await whole();
    const { chatId } = await client.chat();
    const accepted = await client.post(chatId, 'slowly', 'demo-slow');
    const head: StreamEvent[] = [];
    for await (const event of client.events(accepted.eventsUrl)) if (head.push(event) === 60) break;
    mongodb.cut();
    await vi.waitFor(async () =>
      expect(await client.call('POST', '/users', { name: 'Ada' })).toMatchObject({
        status: 503,
        json: { code: 'mongodb_unavailable' },
      }),
    );
    expect((await client.call('GET', '/v1/models')).status).toBe(200);
    mongodb.mend();
    const all = [...head, ...(await client.eventsToEnd(accepted.eventsUrl, head.at(-1)!.id))];
    expect(all.at(-1)).toMatchObject({ type: 'message-completed', data: { message: { content: textOf(all) } } });
    expect(await answersOf(client, chatId)).toHaveLength(1);
  });
});

describe('processes that end', () => {
  it('a chat-worker killed in mid-generation: another one takes up the job, and there is one answer', async () => {
    const { client, worker, stores } = await whole();
    const { chatId } = await client.chat();
    const accepted = await client.post(chatId, 'slowly', 'demo-slow');
    const reading = client.eventsToEnd(accepted.eventsUrl);
    await vi.waitFor(
      async () =>
        expect((await client.call('GET', `/jobs/${accepted.jobId}`)).json).toMatchObject({ state: 'running' }),
      { timeout: 10_000 },
    );
    await worker.stop('SIGKILL');
    const next = await start('chat-worker', stores);
    await untilOk([next]);
    const events = await reading;
    expect(events.map(({ type }) => type)).toContain('message-reset');
    expect(events.at(-1)).toMatchObject({ type: 'message-completed', data: { message: { content: textOf(events) } } });
    expect(await answersOf(client, chatId)).toMatchObject([{ state: 'complete', content: textOf(events) }]);
    expect((await client.call('GET', `/jobs/${accepted.jobId}`)).json).toMatchObject({
      state: 'succeeded',
      attempts: 2,
    });
  });

  it('SIGTERM: a worker ends what it began, a gateway ends its streams, both exit with 0', async () => {
    const { client, gateway, worker } = await whole();
    const { chatId } = await client.chat();
    const accepted = await client.post(chatId, 'slowly', 'demo-slow');
    const events: StreamEvent[] = [];
    for await (const event of client.events(accepted.eventsUrl)) {
      if (events.push(event) === 3) [gateway, worker].forEach(({ child }) => child.kill('SIGTERM'));
      if (events.length === 5) {
        expect((await readiness(gateway)).status).toBe(503);
        // it still answers what was on its way, for a second
        const get = () => getOnOwnConnection(`${gateway.url}/v1/models`);
        await vi.waitFor(() => expect(get()).rejects.toThrow('ECONNREFUSED'), { timeout: 10_000 });
      }
    }
    expect(events.at(-1)?.type).toBe('message-completed');
    expect(await Promise.all([gateway.exited, worker.exited])).toEqual([0, 0]);
  });

  it('standalone: a second start still has its chats', async () => {
    const { MONGODB_URI } = storesEnv();
    const first = await start('standalone', { MONGODB_URI });
    await untilOk([first]);
    const { chatId } = await new Client(first.url).chat();
    await new Client(first.url).eventsToEnd((await new Client(first.url).post(chatId, 'remember me')).eventsUrl);
    expect(await first.stop()).toBe(0);
    const second = await start('standalone', { MONGODB_URI });
    await untilOk([second]);
    expect(await answersOf(new Client(second.url), chatId)).toHaveLength(1);
  });

  it('standalone killed in mid-generation: the next start finishes the job', async () => {
    const { MONGODB_URI } = storesEnv();
    const first = await start('standalone', { MONGODB_URI });
    await untilOk([first]);
    const client = new Client(first.url);
    const { chatId } = await client.chat();
    const accepted = await client.post(chatId, 'hello', 'demo-slow');
    await vi.waitFor(
      async () =>
        expect((await client.call('GET', `/jobs/${accepted.jobId}`)).json).toMatchObject({ state: 'running' }),
      { timeout: 10_000 },
    );
    await first.stop('SIGKILL');
    const second = await start('standalone', { MONGODB_URI });
    await untilOk([second]);
    const events = await new Client(second.url).eventsToEnd(accepted.eventsUrl);
    expect(events.at(-1)).toMatchObject({ type: 'message-completed', data: { message: { content: textOf(events) } } });
  });
});

describe('the URLs in use', () => {
  it('never show a password in the logs', async () => {
    const redis = new URL(storesEnv().REDIS_URL);
    const gateway = await start('gateway', {
      ...storesEnv(),
      REDIS_URL: `redis://me:s3cret@${redis.host}`,
      RABBITMQ_URL: 'amqp://me:s3cret@127.0.0.1:1',
    });
    await vi.waitFor(() => expect(gateway.logs.filter(({ level }) => level === 'warn').length).toBeGreaterThan(1), {
      timeout: 10_000,
    });
    expect(JSON.stringify(gateway.logs)).not.toContain('s3cret');
  });
});
