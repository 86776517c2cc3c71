import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Received {
  at: number;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What is answered to the n-th request (from 1) of a path. */
export type Answer = { status: number; headers?: Record<string, string> } | 'hang';

/** PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** Somebody's webhook: an HTTP server on loopback that answers, path by path, as it is told, else with 204. */
export class Receiver {
  readonly received: Received[] = [];
  private readonly answers = new Map<string, (n: number) => Answer>();
  private readonly server: Server;

  private constructor(private readonly certificate: Certificate | undefined) {
    const receive: RequestListener = async (request, response) => {
      const path = request.url ?? '/';
      const body = (await request.toArray()).join('');
      this.received.push({ at: performance.now(), path, headers: request.headers, body });
      const answer = this.answers.get(path)?.(this.at(path).length) ?? { status: 204 };
      if (answer !== 'hang') response.writeHead(answer.status, answer.headers).end();
    };
    this.server = certificate ? createTlsServer(certificate, receive) : createServer(receive);
  }

  /** @param certificate absent: it speaks HTTP */
  static async start(certificate?: Certificate): Promise<Receiver> {
    const receiver = new Receiver(certificate);
    await once(receiver.server.listen(0, '127.0.0.1'), 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  url(path: string): string {
    return `${this.certificate ? 'https' : 'http'}://127.0.0.1:${this.port}${path}`;
  }

  /** What came to a path, in order. */
  at(path: string): Received[] {
    return this.received.filter((each) => each.path === path);
  }

  answer(path: string, answer: (n: number) => Answer): void {
    this.answers.set(path, answer);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** What is answered to the n-th mail (from 1) to an address: it is taken, refused with a reply code, or never answered. */
export type MailAnswer = 'take' | 'hang' | number;

export interface MailServer {
  url: string;
  /** What was taken. */
  mails: { to: string[]; source: string }[];
  /** How often an address was asked for, whatever the answer. */
  tries(address: string): number;
  close(): void;
}

/**
 * A mail server on loopback that answers, address by address, as it is told, and keeps what it takes.
 * @param options of TLS, say; default: none
 */
export async function startMailServer(answer: (address: string, n: number) => MailAnswer = () => 'take', options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: MailServer['mails'] = [];
  const tries = new Map<string, number>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _, callback) {
      const n = (tries.get(address) ?? 0) + 1;
      tries.set(address, n);
      const given = answer(address, n);
      if (given !== 'hang') callback(given === 'take' ? null : Object.assign(new Error('not now, or never'), { responseCode: given }));
    },
    onData(stream, { envelope }, callback) {
      void stream.toArray().then((chunks) => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), source: Buffer.concat(chunks as Buffer[]).toString('utf8') });
        callback();
      }, callback);
    },
    ...options,
  });
  // A client that breaks off is part of what is tried.
  server.on('error', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.server.address() as { port: number };
  return { url: `${options.secure ? 'smtps' : 'smtp'}://127.0.0.1:${port}`, mails, tries: (address) => tries.get(address) ?? 0, close: () => server.close() };
}
