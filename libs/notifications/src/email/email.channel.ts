import { createTransport, type Transporter } from 'nodemailer';
import type { Channel, Notice, Recipient } from '../channel.port.js';
import { DeliveryError } from '../delivery-error.js';
import { escapeHtml } from '../templates/escape-html.js';
import { smtpFailure } from './smtp-failure.js';

export interface EmailOptions {
  /** `smtp://user:password@host:587` (STARTTLS when the server has it) or `smtps://…` (TLS from the start). */
  url: string;
  /** Sender: an address, or `Name <address>`. */
  from: string;
  /** For one mail, from connecting to the server's word that it has it. Default 20 000. */
  timeoutMs?: number;
}

/** Sends notices as mail, each with a text and an HTML part, over a connection of its own. */
export class EmailChannel implements Channel {
  private readonly timeoutMs: number;
  private readonly domain: string;

  /** @param options absent: every delivery fails for good, saying so */
  constructor(private readonly options: EmailOptions | undefined) {
    this.timeoutMs = options?.timeoutMs ?? 20_000;
    this.domain = /@([^\s>]+)/.exec(options?.from ?? '')?.[1] ?? 'slipstream.invalid';
  }

  async deliver(notice: Notice, { email }: Recipient): Promise<void> {
    if (!this.options) throw new DeliveryError('email_not_configured', 'There is no mail server; set notifications.email.');
    if (!email) throw new DeliveryError('email_missing', 'The person has no e-mail address, and none in their notification preferences.');
    const transport = this.open(this.options.url);
    try {
      await this.inTime(transport, transport.sendMail(this.mailOf(notice, email, this.options.from)));
    } catch (error) {
      throw error instanceof DeliveryError ? error : smtpFailure(error);
    } finally {
      transport.close();
    }
  }

  /** Nodemailer bounds each of its waits, but not their sum: a server may drip its replies for ever. */
  private async inTime(transport: Transporter, sending: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new DeliveryError('smtp_timeout', 'The mail server did not take the mail in time.', { isRetryable: true }));
      transport.close();
    }, this.timeoutMs);
    try {
      await Promise.race([sending, late.promise]);
    } finally {
      clearTimeout(timer);
      // Of a mail that came too late nobody hears any more.
      sending.catch(() => undefined);
    }
  }

  private open(url: string): Transporter {
    const { timeoutMs } = this;
    return createTransport({
      url,
      dnsTimeout: timeoutMs,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
    });
  }

  /** The recipient goes as an object, so that no text in it is read as a list of addresses. */
  private mailOf({ id, title, text, html, url }: Notice, email: string, from: string) {
    return {
      from,
      to: { name: '', address: email },
      subject: title,
      // The same at every try: mail programs show a repeated mail once.
      messageId: `<${id}@${this.domain}>`,
      text: url ? `${text}\n\n${url}` : text,
      html: url ? `${html}\n<p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>` : html,
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    };
  }
}
