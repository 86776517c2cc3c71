import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type LookupFunction, type Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { DeliveryError } from '../delivery-error.js';
import { notice } from '../testing/notice.js';
import { Receiver } from '../testing/receiver.js';
import { newWebhookSecret } from './signature.js';
import { WebhookChannel, type WebhookOptions } from './webhook.channel.js';

const secret = newWebhookSecret();
const open: { close(): unknown }[] = [];
afterEach(() => open.splice(0).forEach((each) => each.close()));

async function receiverThat(answer: RequestListener): Promise<Receiver> {
  const receiver = await Receiver.start({ otherwise: answer });
  open.push(receiver);
  return receiver;
}

/** A name server whose answer is this. */
const resolvingTo =
  (...addresses: string[]): LookupFunction =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

/** The failure of a delivery to `url`. */
async function failureOf(
  url: string,
  options: WebhookOptions = { allowedAddresses: ['127.0.0.1'] },
): Promise<DeliveryError> {
  const failure: unknown = await new WebhookChannel(options)
    .deliver(notice(), { webhook: { url, secret } })
    .catch((error: unknown) => error);
  if (!(failure instanceof DeliveryError)) throw new Error(`expected a DeliveryError, got ${String(failure)}`);
  return failure;
}

describe('WebhookChannel', () => {
  it('posts what the reference library of Standard Webhooks verifies', async () => {
    const receiver = await receiverThat((_, response) => response.writeHead(204).end());
    const sent = notice({ url: 'https://chat.example/c/1', text: 'Grüße' });
    await new WebhookChannel({ allowedAddresses: ['127.0.0.1'] }).deliver(sent, {
      webhook: { url: receiver.url, secret },
    });
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    const payload = new Webhook(secret).verify(body, headers as Record<string, string>);
    expect(payload).toEqual({
      type: 'message',
      timestamp: '2026-11-21T10:00:00.000Z',
      data: { id: sent.id, userId: 'ada', title: 'Done', text: 'Grüße', url: 'https://chat.example/c/1' },
    });
    expect(headers).toMatchObject({ 'webhook-id': sent.id, 'content-type': 'application/json' });
    expect(() => new Webhook(newWebhookSecret()).verify(body, headers as Record<string, string>)).toThrow();
  });

  it.each([
    [500, true],
    [502, true],
    [503, true],
    [408, true],
    [429, true],
    [400, false],
    [401, false],
    [404, false],
    [410, false],
    [422, false],
  ])('takes %i as retryable: %s', async (status, isRetryable) => {
    const { url } = await receiverThat((_, response) => response.writeHead(status).end());
    expect(await failureOf(url)).toMatchObject({ code: 'webhook_status', status, isRetryable });
  });

  it('hands on how long a receiver wants to be left alone', async () => {
    const { url } = await receiverThat((_, response) => response.writeHead(429, { 'retry-after': '7' }).end());
    expect(await failureOf(url)).toMatchObject({ status: 429, isRetryable: true, retryAfterSeconds: 7 });
  });

  it('follows no redirect', async () => {
    const inside = await receiverThat((_, response) => response.end());
    const { url } = await receiverThat((_, response) => response.writeHead(307, { location: inside.url }).end());
    expect(await failureOf(url)).toMatchObject({ status: 307, isRetryable: false });
    expect(inside.received).toEqual([]);
  });

  it('gives up on one that hangs, before and within its answer', async () => {
    const hanging = await receiverThat(() => undefined);
    const dripping = await receiverThat((_, response) => {
      response.writeHead(200).write('.');
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
    });
    for (const { url } of [hanging, dripping]) {
      expect(await failureOf(url, { allowedAddresses: ['127.0.0.1'], timeoutMs: 200 })).toMatchObject({
        code: 'webhook_timeout',
        isRetryable: true,
      });
    }
  });

  it('reads no more of an answer than it must', async () => {
    let written = 0;
    const receiver = await receiverThat((_, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const write = (): void => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length;
      };
      response.on('drain', write);
      write();
    });
    await new WebhookChannel({ allowedAddresses: ['127.0.0.1'] }).deliver(notice(), {
      webhook: { url: receiver.url, secret },
    });
    expect(written).toBeLessThan(32 * 1024 * 1024);
  });

  it('tries one again that is not there, or breaks off', async () => {
    const gone = await receiverThat(() => undefined);
    const { url } = gone;
    gone.close();
    const breaking = await receiverThat((request) => void request.socket.resetAndDestroy());
    for (const each of [url, breaking.url])
      expect(await failureOf(each)).toMatchObject({ code: 'webhook_unreachable', isRetryable: true });
  });
});

describe('an address that is not public', () => {
  it.each([
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '2130706433',
    '0x7f.1',
    '169.254.169.254',
    'localhost',
  ])('%s is refused for good', async (host) => {
    const receiver = await receiverThat((_, response) => response.end());
    expect(await failureOf(`http://${host}:${receiver.port}/`, {})).toMatchObject({
      code: 'webhook_address_refused',
      isRetryable: false,
    });
    expect(receiver.received).toEqual([]);
  });

  it.each([[['127.0.0.1']], [['::ffff:127.0.0.1']], [['1.1.1.1', '127.0.0.1']], [['64:ff9b::7f00:1']]])(
    'a name that leads to %j is refused before anything connects',
    async (addresses) => {
      const connected: Socket[] = [];
      const server = createServer((socket) => void connected.push(socket)).listen(0, '127.0.0.1');
      open.push(server);
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      expect(await failureOf(`http://rebind.example:${port}/`, { lookup: resolvingTo(...addresses) })).toMatchObject({
        code: 'webhook_address_refused',
        isRetryable: false,
      });
      expect(connected).toEqual([]);
    },
  );

  it('is refused also when the name was public the first time (DNS rebinding)', async () => {
    const receiver = await receiverThat((_, response) => response.end());
    const answers = [['127.0.0.2'], ['127.0.0.1']];
    const lookup: LookupFunction = (...args) => resolvingTo(...(answers.shift() ?? []))(...args);
    const options = { lookup, allowedAddresses: ['127.0.0.2'], timeoutMs: 1000 };
    const url = `http://rebind.example:${receiver.port}/`;
    // The receiver listens on 127.0.0.1 only: the allowed address has nobody, the second is not allowed.
    expect((await failureOf(url, options)).code).toBe('webhook_unreachable');
    expect((await failureOf(url, options)).code).toBe('webhook_address_refused');
    expect(receiver.received).toEqual([]);
  });

  it('is reached when the operator allows it', async () => {
    const receiver = await receiverThat((_, response) => response.end());
    await new WebhookChannel({ allowedAddresses: ['127.0.0.0/8'], lookup: resolvingTo('127.0.0.1') }).deliver(
      notice(),
      {
        webhook: { url: `http://inside.example:${receiver.port}/`, secret },
      },
    );
    expect(receiver.received).toHaveLength(1);
  });
});
