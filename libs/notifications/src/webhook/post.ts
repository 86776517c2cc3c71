import type { LookupFunction } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import type { AddressPolicy } from './address-policy.js';
import { guardedConnector } from './guarded-connector.js';

/** The content of an answer is not used. So much of it is read that a receiver can end it in order. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Answer of a receiver. */
export interface Answer {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
}

/** Which addresses a connection may lead to, and how long it may take to make. */
export interface ConnectOptions {
  policy: AddressPolicy;
  timeoutMs: number;
  lookup: LookupFunction | undefined;
}

/** Posts a body on a connection of its own. */
export async function post(
  url: URL,
  request: { headers: Record<string, string>; body: string; signal: AbortSignal },
  { policy, timeoutMs, lookup }: ConnectOptions,
): Promise<Answer> {
  const client = new Client(url.origin, { connect: guardedConnector(policy, timeoutMs, lookup) });
  try {
    const answer = await client.request({ method: 'POST', path: `${url.pathname}${url.search}`, ...request });
    await answer.body.dump({ limit: MAX_ANSWER_BYTES, signal: request.signal });
    return { status: answer.statusCode, headers: answer.headers };
  } finally {
    await client.destroy();
  }
}
