import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type InformationEvent } from 'node:http';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';

/** Status and fields of each informational answer, status and body of the final one. */
export interface SeenAnswer {
  informed: [number, Record<string, unknown>][];
  status: number | undefined;
  body: string;
}

/** A request without content. */
export interface Seeing {
  method?: string;
  headers?: Record<string, string>;
  /** Called for each informational answer. */
  onInformation?: () => void;
}

export async function seenByHttp1(
  url: string,
  { method = 'GET', headers = {}, onInformation }: Seeing = {},
): Promise<SeenAnswer> {
  const asking = httpRequest(url, { method, headers });
  const informed: SeenAnswer['informed'] = [];
  asking.on('information', (event: InformationEvent) => {
    informed.push([event.statusCode, event.headers]);
    onInformation?.();
  });
  asking.end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return { informed, status: answer.statusCode, body: (await answer.toArray()).join('') };
}

export async function seenByHttp2(
  url: string,
  { method = 'GET', headers = {}, onInformation }: Seeing = {},
): Promise<SeenAnswer> {
  const session = connectHttp2(url);
  const stream = session.request({ ...headers, ':path': '/', ':method': method });
  const informed: SeenAnswer['informed'] = [];
  let status: number | undefined;
  stream.on('headers', ({ ':status': code, ...fields }: IncomingHttpHeaders) => {
    informed.push([Number(code), Object.fromEntries(Object.entries(fields))]);
    onInformation?.();
  });
  stream.on('response', (head: IncomingHttpHeaders) => (status = Number(head[':status'])));
  stream.end();
  const body = (await stream.toArray()).join('');
  session.destroy();
  return { informed, status, body };
}
