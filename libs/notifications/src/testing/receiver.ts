import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Certificate } from './certificate.js';

/** A request at a receiver. */
export interface Received {
  /** Milliseconds of the process's clock. */
  at: number;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An answer without content, or no answer. */
export type PlainAnswer = { status: number; headers?: Record<string, string> } | 'hang';

export type Answer = PlainAnswer | RequestListener;

const TAKEN: Answer = { status: 204 };

/** A webhook of a user: an HTTP server on loopback, which records requests and answers as configured. */
export class Receiver {
  readonly received: Received[] = [];
  private readonly answers = new Map<string, (n: number) => Answer>();
  private readonly server: Server;

  private constructor(
    private readonly otherwise: Answer,
    private readonly certificate: Certificate | undefined,
  ) {
    const receive: RequestListener = async (request, response) => {
      const path = request.url ?? '/';
      const body = (await request.toArray()).join('');
      this.received.push({ at: performance.now(), path, headers: request.headers, body });
      const answer = this.answers.get(path)?.(this.at(path).length) ?? this.otherwise;
      if (typeof answer === 'function') answer(request, response);
      else if (answer !== 'hang') response.writeHead(answer.status, answer.headers).end();
    };
    this.server = certificate ? createTlsServer(certificate, receive) : createServer(receive);
  }

  /**
   * @param otherwise the answer on other paths; default: 204
   * @param certificate absent: HTTP
   */
  static async start({
    otherwise = TAKEN,
    certificate,
  }: { otherwise?: Answer; certificate?: Certificate } = {}): Promise<Receiver> {
    const receiver = new Receiver(otherwise, certificate);
    await once(receiver.server.listen(0, '127.0.0.1'), 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** Of one path. */
  get url(): string {
    return this.urlOf('/hook?to=ada');
  }

  urlOf(path: string): string {
    return `${this.certificate ? 'https' : 'http'}://127.0.0.1:${this.port}${path}`;
  }

  /** Requests of a path, in order. */
  at(path: string): Received[] {
    return this.received.filter((each) => each.path === path);
  }

  /** @param answer to the n-th request (from 1) of the path */
  answer(path: string, answer: (n: number) => Answer): void {
    this.answers.set(path, answer);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
