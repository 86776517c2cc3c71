import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';

/** An answer as a client sees it. */
export interface Answered {
  status: number;
  /** By name in lower case; several lines of one name joined. */
  headers: Record<string, string | undefined>;
  text: string;
}

export interface Asking {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
}

/** Sends one request on a connection of its own, and waits for its head. */
export async function begin(
  url: string,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<IncomingMessage> {
  // not by URL, which would normalise the path
  const [, hostname, port, path] = /^http:\/\/([^:]+):(\d+)(.*)$/.exec(url) ?? [];
  const request = httpRequest({ hostname, port, path, method, headers, agent: false }).end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/** Sends one request, and waits for the whole answer. @throws when it breaks off */
export async function ask(url: string, asking: Asking = {}): Promise<Answered> {
  const response = await begin(url, asking);
  const chunks = await response.toArray();
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return { status: response.statusCode ?? 0, headers, text: Buffer.concat(chunks as Buffer[]).toString() };
}
