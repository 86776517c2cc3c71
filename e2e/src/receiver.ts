import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { SMTPServer } from 'smtp-server';

export interface Received {
  at: number;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What is answered to the n-th request (from 1) of a path. */
export type Answer = { status: number; headers?: Record<string, string> } | 'hang';

/** Somebody's webhook: an HTTP server on loopback that answers, path by path, as it is told, else with 204. */
export class Receiver {
  readonly received: Received[] = [];
  private readonly answers = new Map<string, (n: number) => Answer>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer(async (request, response) => {
      const path = request.url ?? '/';
      const body = (await request.toArray()).join('');
      this.received.push({ at: performance.now(), path, headers: request.headers, body });
      const answer = this.answers.get(path)?.(this.at(path).length) ?? { status: 204 };
      if (answer !== 'hang') response.writeHead(answer.status, answer.headers).end();
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await once(receiver.server.listen(0, '127.0.0.1'), 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
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

/** A mail server on loopback that keeps what it takes. */
export async function startMailServer(): Promise<{ url: string; mails: { to: string[]; source: string }[]; close(): void }> {
  const mails: { to: string[]; source: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, callback) {
      void stream.toArray().then((chunks) => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), source: Buffer.concat(chunks as Buffer[]).toString('utf8') });
        callback();
      }, callback);
    },
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `smtp://127.0.0.1:${(server.server.address() as { port: number }).port}`, mails, close: () => server.close() };
}
