import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

/** Words of one meaning. A text's vector counts the meanings in it. */
const MEANINGS = [/ship|vessel|boat/gi, /doctor|physician/gi, /rain|drizzle/gi];

const vectorOf = (input: string, dimensions: number): number[] =>
  Array.from({ length: dimensions }, (_, index) =>
    index < MEANINGS.length ? (input.match(MEANINGS[index]!)?.length ?? 0) : 0.01,
  );

/** An OpenAI-compatible embedding server that understands three meanings. */
export class EmbeddingServer {
  /** Texts of each call. */
  readonly calls: string[][] = [];
  dimensions = 8;
  /** The body in place of vectors. */
  fault?: (texts: readonly string[]) => string;
  /** Answers wait for it. */
  hold?: Promise<void>;
  private port = 0;
  private server = createServer();

  constructor(private readonly models: readonly string[]) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  /** Listens, on the same port as before. */
  async start(): Promise<this> {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') {
      response.end(JSON.stringify({ object: 'list', data: this.models.map((id) => ({ id, object: 'model' })) }));
      return;
    }
    const { input } = JSON.parse(await text(request)) as { input: string[] };
    this.calls.push(input);
    await this.hold;
    const data = input.map((each, index) => ({ index, embedding: vectorOf(each, this.dimensions) }));
    response.end(this.fault?.(input) ?? JSON.stringify({ object: 'list', data }));
  }
}
