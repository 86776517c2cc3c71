import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the fake received it. */
export interface SeenRequest {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** An answer in place of the fake's own. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => void;

/** A server in the place of a network's API. It answers as the vendor documents. */
export class FakeEdge {
  readonly seen: SeenRequest[] = [];
  /** Answers every request in place of the fake, until it is removed. */
  fault?: Fault;
  private readonly server = createServer((request, response) => void this.serve(request, response));

  /** @param answer the documented answer to a request */
  constructor(private readonly answer: (seen: SeenRequest, response: ServerResponse) => void) {}

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = (await request.setEncoding('utf8').toArray()).join('');
    const seen = {
      line: `${request.method} ${request.url}`,
      headers: request.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
    this.seen.push(seen);
    if (this.fault) this.fault(request, response);
    else this.answer(seen, response);
  }
}
