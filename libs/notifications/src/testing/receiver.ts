import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Certificate } from './certificate.js';

/** What a receiver was sent. */
export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** An HTTP receiver on loopback, which keeps what it is sent and answers as it is told. */
export class Receiver {
  readonly received: Received[] = [];
  private readonly server: Server;

  private constructor(
    answer: RequestListener,
    private readonly certificate: Certificate | undefined,
  ) {
    const receive: RequestListener = async (request, response) => {
      this.received.push({ headers: request.headers, body: (await request.toArray()).join('') });
      answer(request, response);
    };
    this.server = certificate ? createTlsServer(certificate, receive) : createServer(receive);
  }

  /** @param certificate absent: it speaks HTTP */
  static async start(answer: RequestListener, certificate?: Certificate): Promise<Receiver> {
    const receiver = new Receiver(answer, certificate);
    await once(receiver.server.listen(0, '127.0.0.1'), 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  get url(): string {
    return `${this.certificate ? 'https' : 'http'}://127.0.0.1:${this.port}/hook?to=ada`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
