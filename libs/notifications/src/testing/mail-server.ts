import { once } from 'node:events';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as it came over SMTP. */
export interface Mail {
  to: string[];
  /** Headers and body as sent. */
  source: string;
}

/** A real SMTP server on loopback, which keeps what it takes. */
export class MailServer {
  readonly mails: Mail[] = [];
  private readonly server: SMTPServer;

  private constructor(private readonly options: SMTPServerOptions) {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, { envelope }, callback) => {
        void stream.toArray().then((chunks) => {
          this.mails.push({ to: envelope.rcptTo.map(({ address }) => address), source: Buffer.concat(chunks as Buffer[]).toString('utf8') });
          callback();
        }, callback);
      },
      ...options,
    });
    // A client that breaks off is part of what is tried.
    this.server.on('error', () => undefined);
  }

  static async start(options: SMTPServerOptions = {}): Promise<MailServer> {
    const mail = new MailServer(options);
    await once(mail.server.listen(0, '127.0.0.1'), 'listening');
    return mail;
  }

  get url(): string {
    return `${this.options.secure ? 'smtps' : 'smtp'}://127.0.0.1:${(this.server.server.address() as { port: number }).port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(resolve));
  }
}
