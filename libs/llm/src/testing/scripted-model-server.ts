import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '@slipstream/http';

/** A call at the server. */
export interface SeenCall {
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Reaction of a server to a call, including invalid ones. */
export type Script = (response: ServerResponse, call: SeenCall) => void;

/** A model server with configurable behaviour, which records its calls. */
export class ScriptedModelServer {
  readonly calls: SeenCall[] = [];
  /** Connections made so far. */
  connections = 0;
  private readonly events = new EventEmitter();
  private readonly server = createServer((request, response) => void this.handle(request, response));
  script: Script = streamOf('Hello', ' world');
  /** Its reaction to a request for its models. */
  list: Script = (response) =>
    void response.end(JSON.stringify({ object: 'list', data: this.models.map((id) => ({ id, owned_by: 'tests' })) }));

  constructor(private models: readonly string[] = ['m']) {
    this.server.on('connection', () => (this.connections += 1));
  }

  async start(port = 0): Promise<this> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Resolves when the caller of a call aborts. */
  callerLeft(): Promise<unknown> {
    return once(this.events, 'caller-left');
  }

  /** Resolves when a call arrives. */
  called(): Promise<unknown> {
    return once(this.events, 'called');
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET')
      return this.list(response, { url: request.url ?? '', headers: request.headers, body: '' });
    response.once('close', () => !response.writableFinished && this.events.emit('caller-left'));
    const call = {
      url: request.url ?? '',
      headers: request.headers,
      body: (await readBody(request, { maxBytes: 1 << 26 })).toString(),
    };
    this.calls.push(call);
    this.script(response, call);
    this.events.emit('called');
  }
}

/** One event of a stream with this text. */
/** @param content text, or parts of several types, as of reasoning models */
export const textEvent = (content: string | readonly object[]): string =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
export const finishEventOf = (reason: string, delta: object = {}): string =>
  event({ choices: [{ index: 0, delta, finish_reason: reason }] });
export const finishEvent = finishEventOf('stop');
export const doneEvent = 'data: [DONE]\n\n';

function event(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

export function beginStream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
}

/** A whole, well-formed answer. */
export const streamOf =
  (...texts: string[]): Script =>
  (response) =>
    void beginStream(response).end(texts.map(textEvent).join('') + finishEvent + doneEvent);

/** An answer with this status, in OpenAI's shape. */
export const errorOf =
  (status: number, message: string, headers: Record<string, string> = {}): Script =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ error: { message, type: 'x', param: null, code: null } }));
