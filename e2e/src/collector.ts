import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpServers } from './http-servers.js';

/** A span as a collector receives it. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  links: { spanId: string }[];
  attributes: Record<string, string | number | boolean>;
  isFailed: boolean;
  service: string;
}

type Values = { key: string; value: Record<string, string | number | boolean> }[];

interface Export {
  resourceSpans: {
    resource: { attributes: Values };
    scopeSpans: {
      spans: (Pick<ReceivedSpan, 'traceId' | 'spanId' | 'parentSpanId' | 'name' | 'kind'> & {
        links?: { spanId: string }[];
        attributes: Values;
        status: { code?: number };
      })[];
    }[];
  }[];
}

/** A small OpenTelemetry collector: OTLP over HTTP, in JSON. */
export class Collector {
  readonly spans: ReceivedSpan[] = [];
  /** Authorization fields of the exports. */
  readonly authorizations: (string | undefined)[] = [];
  url = '';
  private readonly servers = new HttpServers();

  /** @param answer ends an export. Default: accepts it. */
  async start(answer: (response: ServerResponse) => void = (response) => void response.end('{}')): Promise<this> {
    const url = await this.servers.serve((request, response) => void this.receive(request, response, answer));
    this.url = `${url}/v1/traces`;
    return this;
  }

  trace(traceId: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  close(): void {
    this.servers.close();
  }

  private async receive(
    request: IncomingMessage,
    response: ServerResponse,
    answer: (response: ServerResponse) => void,
  ): Promise<void> {
    const text = Buffer.concat(await request.toArray()).toString();
    this.authorizations.push(request.headers.authorization);
    for (const { resource, scopeSpans } of (JSON.parse(text) as Export).resourceSpans)
      for (const { spans } of scopeSpans)
        for (const { attributes, status, links = [], ...span } of spans)
          this.spans.push({
            ...span,
            links,
            attributes: plain(attributes),
            isFailed: status.code === 2,
            service: String(plain(resource.attributes)['service.name']),
          });
    answer(response);
  }
}

const plain = (values: Values): ReceivedSpan['attributes'] =>
  Object.fromEntries(values.map(({ key, value }) => [key, Object.values(value)[0]!]));
