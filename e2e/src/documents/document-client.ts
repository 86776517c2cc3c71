import { Client, type Answer, type StreamEvent } from '../client.js';

type Body = string | Buffer | FormData;

export interface Accepted {
  documentId: string;
  jobId: string;
  eventsUrl: string;
}

export interface FoundPassage {
  documentId: string;
  name: string;
  text: string;
  page?: number;
}

/** One user of documents. */
export class DocumentClient {
  readonly as: Client;

  constructor(
    readonly url: string,
    readonly userId: string,
  ) {
    this.as = new Client(url, { 'x-slipstream-user': userId });
  }

  static async newUser(url: string): Promise<DocumentClient> {
    const { id } = await new Client(url).make<{ id: string }>('/users', { name: 'Ada' });
    return new DocumentClient(url, id);
  }

  async send(query: string, body: Body, headers: Record<string, string> = {}): Promise<Answer<Accepted>> {
    const response = await fetch(`${this.url}/slipstream/v1/documents${query}`, {
      method: 'POST',
      headers: { 'x-slipstream-user': this.userId, ...headers },
      body,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) as Accepted };
  }

  /** Uploads a file that must be accepted. */
  async upload(name: string, content: Body, type = 'application/octet-stream'): Promise<Accepted> {
    const answer = await this.send(`?name=${encodeURIComponent(name)}`, content, { 'content-type': type });
    if (answer.status !== 202) throw new Error(`the file was not accepted: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /** Uploads a file and waits for its end. */
  async ingest(name: string, content: Body, type?: string): Promise<Accepted & { end: StreamEvent }> {
    const accepted = await this.upload(name, content, type);
    const events = await this.as.eventsToEnd(accepted.eventsUrl);
    return { ...accepted, end: events.at(-1)! };
  }

  async search(query: string, more: object = {}): Promise<FoundPassage[]> {
    const answer = await this.as.call<{ items: FoundPassage[] }>('POST', '/documents/search', { query, ...more });
    if (answer.status !== 200) throw new Error(`search: ${answer.status} ${answer.text}`);
    return answer.json.items;
  }
}
