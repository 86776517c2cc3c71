import { get, type IncomingMessage } from 'node:http';

/** An answer as it was sent. */
export interface Answer {
  readonly statusCode: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Unlike fetch it decodes nothing, and adds no field. */
export const request = (url: string, headers: Record<string, string>): Promise<Answer> =>
  new Promise((resolve, reject) =>
    get(url, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ statusCode: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    }).on('error', reject),
  );
