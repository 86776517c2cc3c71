import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DatabaseStores } from '@slipstream/mongo';
import { AccessModule, UserStore } from '@slipstream/access';
import { MailServer, Receiver } from '@slipstream/notifications/testing';
import { Client, type StreamEvent } from './client.js';
import { hashOf } from './hash-of.js';
import { asUser, hello, newUser, prefer, send, settled, type Item, type Preferences } from './notified-users.js';
import { startStandalone, startSystem, storesEnv, untilReady, type System } from './system.js';

const OPERATOR = randomUUID();
const HOOK = '/hooks/open-webui/a-secret-of-open-webui';

let folder: string;
let receiver: Receiver;
let mail: MailServer;
let configFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notifications-'));
  [receiver, mail] = await Promise.all([Receiver.start(), MailServer.start()]);
  configFile = join(folder, 'slipstream.yaml');
  const config = {
    keys: [{ id: 'app', role: 'service', hash: hashOf('slip_service') }],
    notifications: {
      retryBaseMs: 50,
      sweepIntervalMs: 100,
      maxAttempts: 3,
      webhook: { allowedAddresses: ['127.0.0.1'], timeoutMs: 2000 },
      email: { url: mail.url, timeoutMs: 2000, from: 'Slipstream <slipstream@example.org>' },
      templates: {
        'order.shipped': {
          title: 'Order {{n}} is on its way',
          text: 'Dear {{name}}, it left today.',
          html: '<p>Dear {{name}}, it left today.</p>',
        },
      },
      openWebuiHooks: [
        { id: 'main', hash: hashOf('a-secret-of-open-webui'), recipients: [OPERATOR, 'somebody-who-left'] },
        { id: 'deserted', hash: hashOf('a-secret-of-nobody'), recipients: ['somebody-who-left'] },
      ],
    },
  };
  await writeFile(configFile, JSON.stringify(config));
});
afterAll(async () => {
  receiver.close();
  mail.close();
  await rm(folder, { recursive: true });
});

/** Makes a person whose id is known before the system starts, as an operator's is that the configuration names. */
async function employ(id: string, uri: string): Promise<void> {
  const options = { uri, minPoolSize: 1, logger: { info: () => undefined, warn: () => undefined } };
  const stores = await DatabaseStores.open(options, [AccessModule], false);
  const users = stores.get(UserStore);
  await vi.waitFor(() => users.create({ id }, { name: 'Operator' }), { timeout: 20_000 });
  await stores.close();
}

describe('notifications', () => {
  let system: System;
  let url: string;
  beforeAll(async () => {
    const { MONGODB_URI } = storesEnv();
    system = await startStandalone({ SLIPSTREAM_CONFIG: configFile, MONGODB_URI });
    await untilReady(system);
    url = system.gateways[0]!.url;
    await employ(OPERATOR, MONGODB_URI);
  });
  afterAll(() => system.stop());

  it('reach the inbox, live and for later; a reader comes back to where it was', async () => {
    const { id, client } = await newUser(url);
    const stream = client.events(`/users/${id}/notifications/events`);
    const first = stream.next();
    // The stream tells what arrives once it is open; until then the first is sent again and again.
    const sent: string[] = [];
    const sending = setInterval(() => void send(client, hello(id)).then((each) => sent.push(each)), 200);
    const { value } = (await first) as { value: StreamEvent };
    clearInterval(sending);
    expect(value).toMatchObject({
      type: 'notification',
      data: { notification: { title: 'Hello', text: 'There you are.', isRead: false } },
    });
    await stream.return(undefined);

    const later = await send(client, hello(id, { data: { title: 'Later', text: '' } }));
    await settled(client, later);
    const seen: StreamEvent[] = [];
    for await (const event of client.events(`/users/${id}/notifications/events`, value.id)) {
      seen.push(event);
      if ((event.data.notification as Item).id === later) break;
    }
    const ids = seen.map((event) => Number(event.id.split('-')[1]));
    expect(ids).toEqual(ids.map((_, index) => Number(value.id.split('-')[1]) + 1 + index));

    expect(
      (await client.call<Item>('PATCH', `/users/${id}/notifications/${later}`, { isRead: true })).json,
    ).toMatchObject({ id: later, isRead: true });
    const { json: read } = await client.call<{ items: Item[] }>('GET', `/users/${id}/notifications?unread=false`);
    expect(read.items.map((item) => item.id)).toEqual([later]);
    const { json: unread } = await client.call<{ items: Item[] }>('GET', `/users/${id}/notifications?unread=true`);
    expect(unread.items.map((item) => item.id)).not.toContain(later);
  });

  it('are posted to a webhook, signed; the log tells how often it was tried, and why', async () => {
    const { id, client } = await newUser(url);
    const path = `/${id}`;
    receiver.answer(path, (n) => (n === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 204 }));
    const { webhook } = await prefer(client, id, { channels: ['webhook'], webhook: { url: receiver.urlOf(path) } });
    expect((await client.call<Preferences>('GET', `/users/${id}/notification-preferences`)).json.webhook).toEqual({
      url: receiver.urlOf(path),
    });
    const sent = await send(client, hello(id));
    const { deliveries } = await settled(client, sent);
    expect(deliveries).toEqual([
      {
        channel: 'webhook',
        state: 'delivered',
        attempts: [
          expect.objectContaining({ outcome: 'retry', code: 'webhook_status', status: 429 }),
          expect.objectContaining({ outcome: 'delivered' }),
        ],
      },
    ]);
    const [first, second] = receiver.at(path);
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(950);
    for (const each of [first!, second!]) {
      expect(new Webhook(webhook!.secret!).verify(each.body, each.headers as Record<string, string>)).toMatchObject({
        type: 'message',
        data: { id: sent, title: 'Hello' },
      });
    }
    expect(new Set([first!, second!].map(({ headers }) => headers['webhook-id']))).toEqual(new Set([sent]));
  });

  it.each([
    [
      'an answer that no second try changes',
      () => ({ status: 404 }),
      [{ outcome: 'failed', code: 'webhook_status', status: 404 }],
    ],
    [
      'a redirect',
      () => ({ status: 302, headers: { location: '/elsewhere' } }),
      [{ outcome: 'failed', code: 'webhook_status', status: 302 }],
    ],
    [
      'failures without an end',
      () => ({ status: 503 }),
      [
        { outcome: 'retry', status: 503 },
        { outcome: 'retry', status: 503 },
        { outcome: 'failed', status: 503 },
      ],
    ],
    [
      'one that hangs',
      () => 'hang' as const,
      [
        { outcome: 'retry', code: 'webhook_timeout' },
        { outcome: 'retry', code: 'webhook_timeout' },
        { outcome: 'failed', code: 'webhook_timeout' },
      ],
    ],
  ])('end at %s', async (_, answer, attempts) => {
    const { id, client } = await newUser(url);
    receiver.answer(`/${id}`, answer);
    await prefer(client, id, { channels: ['webhook'], webhook: { url: receiver.urlOf(`/${id}`) } });
    const { deliveries } = await settled(client, await send(client, hello(id)));
    expect(deliveries).toMatchObject([{ state: 'failed', attempts }]);
    expect(receiver.at('/elsewhere')).toEqual([]);
  });

  it.each(['127.0.0.2', '[::ffff:7f00:2]', '169.254.169.254', '[64:ff9b::a9fe:a9fe]'])(
    'never go to a private address (%s)',
    async (host) => {
      const { id, client } = await newUser(url);
      await prefer(client, id, { channels: ['webhook'], webhook: { url: `http://${host}:${receiver.port}/${id}` } });
      const { deliveries } = await settled(client, await send(client, hello(id)));
      expect(deliveries).toMatchObject([
        { state: 'failed', attempts: [{ outcome: 'failed', code: 'webhook_address_refused' }] },
      ]);
      expect(receiver.at(`/${id}`)).toEqual([]);
    },
  );

  it('go by mail, with data that can bring no markup', async () => {
    const address = `${randomUUID()}@example.org`;
    const { id, client } = await newUser(url, address);
    const sent = await send(client, {
      userId: id,
      kind: 'order.shipped',
      channel: 'email',
      data: { n: 7, name: '<b>Ada</b>' },
    });
    expect((await settled(client, sent)).deliveries).toMatchObject([{ channel: 'email', state: 'delivered' }]);
    const mails = mail.mails.filter(({ to }) => to.includes(address));
    expect(mails).toHaveLength(1);
    expect(mails[0]!.source).toContain('Subject: Order 7 is on its way');
    expect(mails[0]!.source).toContain('<p>Dear &lt;b&gt;Ada&lt;/b&gt;, it left today.</p>');
  });

  it('go where their person wants them, kind by kind', async () => {
    const { id, client } = await newUser(url);
    expect((await client.call<Preferences>('GET', `/users/${id}/notification-preferences`)).json).toEqual({
      channels: ['inbox'],
      kinds: {},
    });
    await prefer(client, id, { channels: ['inbox', 'email'], kinds: { message: [], 'order.shipped': ['inbox'] } });
    expect((await settled(client, await send(client, hello(id)))).deliveries).toEqual([]);
    expect((await settled(client, await send(client, hello(id, { channel: 'inbox' })))).deliveries).toEqual([]);
    expect((await settled(client, await send(client, { userId: id, kind: 'order.shipped' }))).deliveries).toMatchObject(
      [{ channel: 'inbox', state: 'delivered' }],
    );
  });

  it('are stored once for one Idempotency-Key', async () => {
    const { id, client } = await newUser(url);
    const key = { 'idempotency-key': randomUUID() };
    const [first, second] = await Promise.all([send(client, hello(id), key), send(client, hello(id), key)]);
    expect(second).toBe(first);
    expect(
      (await client.call('POST', '/notifications', hello(id, { data: { title: 'Other', text: '' } }), key)).status,
    ).toBe(422);
    await settled(client, first!);
    expect(
      (await client.call<{ items: Item[] }>('GET', `/users/${id}/notifications`)).json.items.map((item) => item.id),
    ).toEqual([first]);
  });

  it("are nobody else's, and go with their person", async () => {
    const { id, client } = await newUser(url);
    const { id: otherId, client: other } = await newUser(url);
    const sent = await send(client, hello(id));
    await settled(client, sent);
    const seen = await Promise.all([
      other.call('POST', '/notifications', hello(id)),
      other.call('GET', `/notifications/${sent}`),
      other.call('GET', `/users/${id}/notifications`),
      other.call('GET', `/users/${id}/notifications/events`),
      other.call('PATCH', `/users/${id}/notifications/${sent}`, { isRead: true }),
      other.call('PATCH', `/users/${otherId}/notifications/${sent}`, { isRead: true }),
      other.call('GET', `/users/${id}/notification-preferences`),
      other.call('PUT', `/users/${id}/notification-preferences`, {}),
    ]);
    expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([404]));
    expect((await client.call('DELETE', `/users/${id}`)).status).toBe(204);
    expect((await client.call('GET', `/notifications/${sent}`)).status).toBe(404);
    expect((await client.call<{ items: Item[] }>('GET', `/users/${id}/notifications`)).json.items).toEqual([]);
  });

  it.each([
    [{ data: {} }, 'userId'],
    [{ userId: 'x', url: 'javascript:alert(1)' }, 'url'],
    [{ userId: 'x', data: { a: {} } }, 'data.a'],
    [{ userId: 'x', channel: 'pigeon' }, 'channel'],
  ])('%j is refused by the name of the field', async (body, field) => {
    const { client } = await newUser(url);
    const { status, json } = await client.call<{ errors: { path: string }[] }>('POST', '/notifications', body);
    expect([status, json.errors.map(({ path }) => path)]).toEqual([400, [field]]);
  });

  it('of an unknown kind, or for nobody, are refused', async () => {
    const { id, client } = await newUser(url);
    expect(
      (await client.call<{ code: string }>('POST', '/notifications', hello(id, { kind: 'unheard.of' }))).json.code,
    ).toBe('unknown_notification_kind');
    const nobody = asUser(url, 'nobody');
    expect((await nobody.call('POST', '/notifications', hello('nobody'))).status).toBe(404);
  });

  it('tell what Open WebUI tells, to whom the operator named, by the secret alone', async () => {
    const openWebui = new Client(url);
    const event = { action: 'signup', message: 'New user signed up: Bob', user: '{"name":"Bob"}' };
    const { status, json } = await openWebui.call<{ recipients: number }>('POST', HOOK, event);
    expect([status, json]).toEqual([202, { recipients: 1 }]);
    await vi.waitFor(async () => {
      const { json } = await asUser(url, OPERATOR).call<{ items: Item[] }>('GET', `/users/${OPERATOR}/notifications`);
      expect(json.items).toMatchObject([
        { kind: 'open-webui.signup', title: 'Open WebUI: signup', text: 'New user signed up: Bob' },
      ]);
    });
    expect((await openWebui.call('POST', '/hooks/open-webui/a-secret-of-nobody', event)).json).toEqual({
      recipients: 0,
    });
    await vi.waitFor(() =>
      expect(system.gateways[0]!.logs).toContainEqual(
        expect.objectContaining({ level: 'warn', hook: 'deserted', missing: ['somebody-who-left'] }),
      ),
    );
    const wrong = await openWebui.call('POST', '/hooks/open-webui/another-secret-of-it', event);
    expect([wrong.status, wrong.text.includes('another-secret')]).toEqual([404, false]);
    expect((await openWebui.call('POST', HOOK, { action: 1 })).status).toBe(400);
    expect((await openWebui.call('POST', '/hooks/open-webui/another-secret-of-it', { action: 1 })).status).toBe(404);
    expect((await openWebui.call('POST', '/notifications', hello(OPERATOR))).status).toBe(401);
    expect(JSON.stringify(system.gateways[0]!.logs)).not.toMatch(/secret-of/);
  });

  it('tell that an answer is ready, to who asked for it', async () => {
    const { id, client } = await newUser(url);
    const { id: chatId } = await client.make<{ id: string }>('/chats', { userId: id, title: 'Plans' });
    const { eventsUrl } = await client.post(chatId, 'quietly');
    await client.eventsToEnd(eventsUrl);
    expect((await client.call('POST', `/chats/${chatId}/messages`, { content: 'call me', notify: true })).status).toBe(
      202,
    );
    await vi.waitFor(
      async () => {
        const { json } = await client.call<{ items: Item[] }>('GET', `/users/${id}/notifications`);
        expect(json.items).toMatchObject([
          { kind: 'chat.completed', text: expect.stringContaining('"Plans"') as string },
        ]);
      },
      { timeout: 10_000 },
    );
  });

  it('are described, fields and all', async () => {
    const { paths } = (await (await fetch(`${system.gateways[0]!.managementUrl}/docs-json`)).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    expect(JSON.stringify(paths['/slipstream/v1/notifications']?.post)).toContain('"enum":["inbox","email","webhook"]');
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/slipstream/v1/users/{id}/notifications',
        '/slipstream/v1/users/{id}/notifications/events',
        '/slipstream/v1/users/{id}/notification-preferences',
        '/slipstream/v1/hooks/open-webui/{secret}',
      ]),
    );
  });

  it('keep no process from stopping', async () => {
    const own = await startStandalone({ SLIPSTREAM_CONFIG: configFile });
    await untilReady(own);
    const { id, client } = await newUser(own.gateways[0]!.url);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { type } of client.events(`/users/${id}/notifications/events`, '1-0')) seen.push(type);
    })();
    await send(client, hello(id));
    await vi.waitFor(() => expect(seen).toEqual(['notification']), { timeout: 10_000 });
    expect(await own.gateways[0]!.stop()).toBe(0);
    // Ended in order, not cut after the time that a shutdown may take.
    await expect(reading).resolves.toBeUndefined();
  });
});

it('are delivered once each by several workers, one of which is killed', { timeout: 120_000 }, async () => {
  const env = { ...storesEnv(), SLIPSTREAM_CONFIG: configFile };
  const system = await startSystem(['gateway', 'notification-worker', 'notification-worker'], env);
  try {
    await untilReady(system);
    const { url } = system.gateways[0]!;
    const { id, client } = await newUser(url);
    const path = `/${id}`;
    await prefer(client, id, { channels: ['inbox', 'webhook'], webhook: { url: receiver.urlOf(path) } });
    const sent = await Promise.all(Array.from({ length: 40 }, () => send(client, hello(id))));
    await vi.waitFor(() => expect(receiver.at(path).length).toBeGreaterThan(5), { timeout: 30_000, interval: 5 });
    await system.all[1]!.stop('SIGKILL');
    const seen: string[] = [];
    for await (const event of client.events(`/users/${id}/notifications/events`, '1-0')) {
      if (seen.push((event.data.notification as Item).id) === sent.length) break;
    }
    expect(seen.toSorted()).toEqual(sent.toSorted());
    await vi.waitFor(
      () => expect(new Set(receiver.at(path).map(({ headers }) => headers['webhook-id']))).toEqual(new Set(sent)),
      { timeout: 90_000, interval: 200 },
    );
    const { json } = await client.call<{ items: Item[] }>('GET', `/users/${id}/notifications?limit=100`);
    expect(json.items.map((item) => item.id).toSorted()).toEqual(sent.toSorted());
  } finally {
    await system.stop();
  }
});
