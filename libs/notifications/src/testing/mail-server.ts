import { once } from 'node:events';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A received mail. */
export interface Mail {
  to: string[];
  /** Headers and body as sent. */
  source: string;
}

/** A mail is accepted, refused with a reply code, or never answered. */
export type MailAnswer = 'take' | 'hang' | number;

/** A real SMTP server on loopback, which records accepted mails and answers as configured. */
export class MailServer {
  readonly mails: Mail[] = [];
  private readonly asked = new Map<string, number>();
  private readonly server: SMTPServer;

  private constructor(
    private readonly options: SMTPServerOptions,
    answer: (address: string, n: number) => MailAnswer,
  ) {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address }, _, callback) => {
        this.asked.set(address, this.tries(address) + 1);
        const given = answer(address, this.tries(address));
        if (given !== 'hang')
          callback(given === 'take' ? null : Object.assign(new Error('not now, or never'), { responseCode: given }));
      },
      onData: (stream, { envelope }, callback) => {
        void stream.toArray().then((chunks) => {
          this.mails.push({
            to: envelope.rcptTo.map(({ address }) => address),
            source: Buffer.concat(chunks as Buffer[]).toString('utf8'),
          });
          callback();
        }, callback);
      },
      ...options,
    });
    // Aborted connections are part of the tests.
    this.server.on('error', () => undefined);
  }

  /**
   * @param options for example of TLS; default: none
   * @param answer to the n-th mail (from 1) to an address; default: every mail is accepted
   */
  static async start(
    options: SMTPServerOptions = {},
    answer: (address: string, n: number) => MailAnswer = () => 'take',
  ): Promise<MailServer> {
    const mail = new MailServer(options, answer);
    await once(mail.server.listen(0, '127.0.0.1'), 'listening');
    return mail;
  }

  get url(): string {
    const { port } = this.server.server.address() as { port: number };
    return `${this.options.secure ? 'smtps' : 'smtp'}://127.0.0.1:${port}`;
  }

  /** Number of attempts for an address, with any answer. */
  tries(address: string): number {
    return this.asked.get(address) ?? 0;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(resolve));
  }
}
