import { createParser } from 'eventsource-parser';

export interface Answer<T = Record<string, never>> {
  status: number;
  headers: Headers;
  text: string;
  json: T;
}

export interface StreamEvent {
  id: string;
  type: string;
  data: Record<string, unknown>;
}

const FINAL = new Set(['message-completed', 'document-ready', 'failed', 'cancelled']);
export const isFinal = ({ type }: StreamEvent): boolean => FINAL.has(type);

/** The text that a reader has after these events. */
export const textOf = (events: readonly StreamEvent[]): string =>
  events.reduce(
    (text, { type, data }) =>
      type === 'message-delta' ? text + String(data.delta) : type === 'message-reset' ? '' : text,
    '',
  );

/** A client of the native API, as an app of one's own would be. */
export class Client {
  constructor(
    readonly url: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  async call<T = Record<string, never>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(this.absolute(path), {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...this.headers, ...headers },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: (isJson(response) ? JSON.parse(text) : {}) as T,
    };
  }

  /** Creates something and returns it. */
  async make<T extends { id: string }>(path: string, body: unknown): Promise<T> {
    const answer = await this.call<T>('POST', path, body);
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /** A new person with a new chat. */
  async chat(): Promise<{ userId: string; chatId: string }> {
    const user = await this.make<{ id: string }>('/users', { name: 'Ada' });
    const chat = await this.make<{ id: string }>('/chats', { userId: user.id, title: 'First' });
    return { userId: user.id, chatId: chat.id };
  }

  /** Posts a message that must be accepted. */
  async post(
    chatId: string,
    content: string,
    model?: string,
  ): Promise<{ messageId: string; jobId: string; eventsUrl: string }> {
    const answer = await this.call<{ messageId: string; jobId: string; eventsUrl: string }>(
      'POST',
      `/chats/${chatId}/messages`,
      { content, model },
    );
    if (answer.status !== 202) throw new Error(`the message was not accepted: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /** Events until `until` holds, or the stream ends. */
  async *events(eventsUrl: string, lastEventId?: string): AsyncGenerator<StreamEvent> {
    const response = await fetch(this.absolute(eventsUrl), {
      headers: {
        accept: 'text/event-stream',
        ...this.headers,
        ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
      },
    });
    if (response.status === 204) return;
    if (response.status !== 200 || !response.body)
      throw new Error(`events: ${response.status} ${await response.text()}`);
    const parsed: StreamEvent[] = [];
    const parser = createParser({
      onEvent: ({ id = '', event = 'message', data }) =>
        parsed.push({ id, type: event, data: JSON.parse(data) as Record<string, unknown> }),
    });
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      parser.feed(chunk);
      yield* parsed.splice(0);
    }
  }

  /** All events to the end; comes back with Last-Event-ID when the connection is cut, as a browser does. */
  async eventsToEnd(eventsUrl: string, lastEventId?: string): Promise<StreamEvent[]> {
    const seen: StreamEvent[] = [];
    for (;;) {
      try {
        for await (const event of this.events(eventsUrl, seen.at(-1)?.id ?? lastEventId)) {
          seen.push(event);
          if (isFinal(event)) return seen;
        }
        return seen;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  private absolute(path: string): string {
    return path.startsWith('/slipstream') || path.startsWith('/v1')
      ? `${this.url}${path}`
      : `${this.url}/slipstream/v1${path}`;
  }
}

const isJson = (response: Response): boolean =>
  /^application\/(?:problem\+)?json/.test(response.headers.get('content-type') ?? '');
