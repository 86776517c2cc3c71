import { Socket } from 'node:net';
import { escapeHtml } from '@slipstream/http';
import type { Transporter } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js';
import type { Channel, Notice, Recipient } from '../channel.port.js';
import { DeliveryError } from '../delivery-error.js';
import { smtpFailure } from './smtp-failure.js';
import { subjectOf } from './subject.js';

export interface EmailOptions {
  /** `smtp://user:password@host:587` (STARTTLS if the server offers it) or `smtps://…` (TLS from the start). */
  url: string;
  /** Sender: an address, or `Name <address>`. */
  from: string;
  /** Time limit of one mail, from connecting to the server's acceptance. Default 20 000. */
  timeoutMs?: number;
}

/** Sends notices as mail with a text and an HTML part, each over its own connection. */
export class EmailChannel implements Channel {
  private readonly timeoutMs: number;
  private readonly domain: string;

  /** @param options absent: every delivery fails permanently with that reason */
  constructor(private readonly options: EmailOptions | undefined) {
    this.timeoutMs = options?.timeoutMs ?? 20_000;
    this.domain = /@([^\s>]+)/.exec(options?.from ?? '')?.[1] ?? 'slipstream.invalid';
  }

  async deliver(notice: Notice, { email }: Recipient): Promise<void> {
    if (!this.options)
      throw new DeliveryError('email_not_configured', 'No mail server is configured; set notifications.email.');
    if (!email)
      throw new DeliveryError(
        'email_missing',
        'The user has no e-mail address, neither in the account nor in the notification preferences.',
      );
    const socket = new Socket();
    const late = AbortSignal.timeout(this.timeoutMs);
    late.addEventListener('abort', () => socket.destroy(new Error('too late')));
    try {
      await (await this.open(this.options.url, socket)).sendMail(this.mailOf(notice, email, this.options.from));
    } catch (error) {
      throw late.aborted ? tooLate(error) : smtpFailure(error);
    } finally {
      socket.destroy();
    }
  }

  /**
   * Nodemailer bounds each of its waits, but not their sum: a server may drip its replies for ever. So the socket is
   * ours to end, before it does. The library is loaded with the first mail: most processes never send one.
   */
  private async open(url: string, socket: Socket): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const { timeoutMs } = this;
    const options: SMTPTransport.Options = {
      url,
      greetingTimeout: timeoutMs * 2,
      socketTimeout: timeoutMs * 2,
      getSocket: (server, callback) => connect(socket, server, callback),
    };
    return createTransport(options);
  }

  /** The recipient is passed as an object, so that its text is not parsed as a list of addresses. */
  private mailOf({ id, title, text, html, url }: Notice, email: string, from: string) {
    return {
      from,
      to: { name: '', address: email },
      subject: subjectOf(title),
      // The same for every attempt: mail programs show a repeated mail once.
      messageId: `<${id}@${this.domain}>`,
      text: url ? `${text}\n\n${url}` : text,
      html: url ? `${html}\n<p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>` : html,
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    };
  }
}

function connect(
  socket: Socket,
  { host = 'localhost', port, secure }: SMTPTransport.Options,
  callback: (error: Error | null, socketOptions?: { connection: Socket }) => void,
): void {
  socket.once('error', callback);
  socket.connect({ host, port: Number(port ?? (secure ? 465 : 587)) }, () => {
    socket.off('error', callback);
    callback(null, { connection: socket });
  });
}

const tooLate = (cause: unknown): DeliveryError =>
  new DeliveryError('smtp_timeout', 'The mail server did not accept the mail in time.', { cause });
