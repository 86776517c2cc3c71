import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { DeliveryError } from '../delivery-error.js';
import { MailServer } from '../testing/mail-server.js';
import { notice } from '../testing/notice.js';
import { EmailChannel } from './email.channel.js';

const FROM = 'Slipstream <slipstream@example.org>';
const open: { close(): unknown }[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((each) => each.close()))));

async function serverThat(options?: SMTPServerOptions): Promise<MailServer> {
  const server = await MailServer.start(options);
  open.push(server);
  return server;
}

async function failureOf(channel: EmailChannel, email: string | undefined = 'ada@example.org'): Promise<DeliveryError> {
  const failure: unknown = await channel.deliver(notice(), { email }).catch((error: unknown) => error);
  if (!(failure instanceof DeliveryError)) throw new Error(`expected a DeliveryError, got ${String(failure)}`);
  return failure;
}

/** What a mail program shows of the Subject (RFC 2047). */
function shownSubject(source: string): string {
  const folded = /^Subject:(.*(?:\r\n[ \t].*)*)/m.exec(source)?.[1]?.trim() ?? '';
  const words = folded.replaceAll('\r\n', '').replace(/\?=\s+=\?/g, '?==?');
  return words.replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, encoding: string, text: string) =>
    encoding.toUpperCase() === 'B'
      ? Buffer.from(text, 'base64').toString()
      : decodeURIComponent(text.replaceAll('_', ' ').replaceAll('%', '%25').replaceAll('=', '%')),
  );
}

const replying = (responseCode: number) => Object.assign(new Error('no, ada@example.org'), { responseCode });

describe('EmailChannel', () => {
  it('sends text and HTML, with an id that stays the same', async () => {
    const server = await serverThat();
    const channel = new EmailChannel({ url: server.url, from: FROM });
    const sent = notice({ url: 'https://chat.example/c/1?a=1&b="2"' });
    await channel.deliver(sent, { email: 'ada@example.org' });
    await channel.deliver(sent, { email: 'ada@example.org' });
    expect(server.mails.map(({ to }) => to)).toEqual([['ada@example.org'], ['ada@example.org']]);
    for (const { source } of server.mails) {
      expect(source).toContain(`Message-ID: <${sent.id}@example.org>`);
      expect(source).toContain('Subject: Done');
      expect(source).toContain('<p>The import is done.</p>');
      expect(source.replaceAll('=\r\n', '')).toContain('&amp;b=3D&quot;2&quot;');
      expect(source).toContain('Auto-Submitted: auto-generated');
    }
  });

  it.each([
    '=?utf-8?B?SGVsbG8=?=',
    'Done: =?UTF-8?Q?=45vil?= and \u00e9\ud83d\ude00',
    `=?x?Q?${'\ud83d\ude00'.repeat(60)}?=`,
    'Caf\u00e9',
    '=?',
    'a =? b ?= c',
  ])('shows the title %j as it is', async (title) => {
    const server = await serverThat();
    await new EmailChannel({ url: server.url, from: FROM }).deliver(notice({ title }), { email: 'ada@example.org' });
    expect(shownSubject(server.mails[0]?.source ?? '')).toBe(title);
  });

  it.each([
    'ada@example.org,eve@example.org',
    'ada@example.org\r\nRCPT TO:<eve@example.org>',
    'eve@example.org, ada@example.org',
  ])('makes one recipient of %j, or none', async (email) => {
    const server = await serverThat();
    await new EmailChannel({ url: server.url, from: FROM }).deliver(notice(), { email }).catch(() => undefined);
    expect(server.mails.every(({ to }) => to.length === 1)).toBe(true);
  });

  it.each([
    [550, false],
    [552, false],
    [421, true],
    [451, true],
  ])('takes a reply of %i as retryable: %s', async (status, isRetryable) => {
    const server = await serverThat({ onRcptTo: (_, __, callback) => callback(replying(status)) });
    const failure = await failureOf(new EmailChannel({ url: server.url, from: FROM }));
    expect(failure).toMatchObject({ code: 'smtp_rejected', status, isRetryable });
    expect(failure.message).not.toContain('ada@');
  });

  it('signs in, and keeps the mail when it is not let in', async () => {
    const server = await serverThat({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _, callback) =>
        callback(username === 'us' && password === 'p@ss' ? null : replying(535), { user: username }),
    });
    const as = (credentials: string) =>
      new EmailChannel({ url: server.url.replace('//', `//${credentials}@`), from: FROM });
    await as('us:p%40ss').deliver(notice(), { email: 'ada@example.org' });
    expect(server.mails).toHaveLength(1);
    expect(await failureOf(as('us:wrong'))).toMatchObject({ code: 'smtp_refused_us', isRetryable: true });
  });

  it('tries again when the server is away, hangs, or drips', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    const dripped: Promise<unknown>[] = [];
    const dripping: Server = createServer((socket) => {
      socket.write('220 here\r\n');
      const drip = setInterval(() => socket.write('250-wait\r\n'), 20);
      socket.on('error', () => undefined).on('close', () => clearInterval(drip));
      dripped.push(new Promise((resolve) => socket.once('close', resolve)));
    }).listen(0, '127.0.0.1');
    open.push(silent, dripping);
    await Promise.all([once(silent, 'listening'), once(dripping, 'listening')]);
    const channelTo = (server: Server) =>
      new EmailChannel({
        url: `smtp://127.0.0.1:${(server.address() as { port: number }).port}`,
        from: FROM,
        timeoutMs: 200,
      });
    for (const server of [silent, dripping])
      expect(await failureOf(channelTo(server))).toMatchObject({ code: 'smtp_timeout', isRetryable: true });
    expect(dripped).toHaveLength(1);
    await Promise.all(dripped);
    const gone = await MailServer.start();
    const { url } = gone;
    await gone.close();
    expect(await failureOf(new EmailChannel({ url, from: FROM }))).toMatchObject({
      code: 'smtp_unreachable',
      isRetryable: true,
    });
  });

  it('says for good when there is no server, or no address', async () => {
    expect(await failureOf(new EmailChannel(undefined))).toMatchObject({
      code: 'email_not_configured',
      isRetryable: false,
    });
    expect(await failureOf(new EmailChannel({ url: 'smtp://127.0.0.1:1', from: FROM }), '')).toMatchObject({
      code: 'email_missing',
      isRetryable: false,
    });
  });
});
