import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { KEY } from './corpus.js';

/**
 * Clients that ask for right things, one after the other, as long as `signal` lets them. Resolves to what each wrong
 * answer was; rejects never.
 */
export async function honestClients(url: string, signal: AbortSignal): Promise<{ answered: number; wrong: string[] }> {
  const results = { answered: 0, wrong: [] as string[] };
  const asks = [askHttp1(url), ...(url.startsWith('https') ? [askHttp2(url)] : [])];
  await Promise.all(
    asks.map(async ({ ask, close }) => {
      for (let n = 0; !signal.aborted; n++) {
        const [path, body] =
          n % 3 === 0
            ? [
                '/v1/chat/completions',
                JSON.stringify({ model: 'demo-echo', messages: [{ role: 'user', content: `n${n}` }] }),
              ]
            : [`/honest/${n}`, n % 3 === 1 ? `body ${n}` : ''];
        const answer = await ask(path, body).catch((error: unknown) => String(error));
        const isRight =
          n % 3 === 0 ? answer.startsWith('200 {') && answer.includes(`n${n}`) : answer === `200 ${body || path}`;
        if (isRight) results.answered += 1;
        else results.wrong.push(`${path}: ${answer.slice(0, 300)}`);
      }
      close();
    }),
  );
  return results;
}

interface Honest {
  ask(path: string, body: string): Promise<string>;
  close(): void;
}

function askHttp1(url: string): Honest {
  const isTls = url.startsWith('https');
  const agent = isTls
    ? new TlsAgent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
    : new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async ask(path, body) {
      const request = (isTls ? httpsRequest : httpRequest)(`${url}${path}`, {
        agent,
        method: body === '' ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      });
      request.end(body);
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      return `${answer.statusCode} ${(await answer.toArray()).join('')}`;
    },
    close: () => agent.destroy(),
  };
}

function askHttp2(url: string): Honest {
  const session = connect(url, { rejectUnauthorized: false });
  session.on('error', () => {});
  return {
    async ask(path, body) {
      const stream = session.request(
        {
          ':path': path,
          ':method': body === '' ? 'GET' : 'POST',
          authorization: `Bearer ${KEY}`,
          'content-type': 'application/json',
        },
        { endStream: body === '' },
      );
      if (body !== '') stream.end(body);
      const [head] = (await once(stream, 'response')) as [IncomingHttpHeaders];
      return `${head[':status']} ${(await stream.toArray()).join('')}`;
    },
    close: () => session.destroy(),
  };
}
