import type { IncomingMessage } from 'node:http';
import { retryAfterSeconds } from '@slipstream/http';
import { callFailure, callNetwork } from '../network-call.js';
import type { PurgeResult } from './purge-driver.port.js';

/** A request to the API of a network. */
export interface PurgeCall {
  readonly method: 'POST' | 'PURGE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly timeoutMs: number;
}

/** An answer, with as much of its body as is needed. */
interface PurgeAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** Answers are short; the rest of a long one is not read. */
const MAX_TEXT_BYTES = 64 * 1024;

/**
 * Calls the API. Redirects are not followed: only configured hosts are called.
 *
 * @param succeeded whether the text of a 2xx reports a success; returns the reason if not
 */
export async function callToPurge(
  call: PurgeCall,
  succeeded: (text: string) => string | undefined = () => undefined,
): Promise<PurgeResult> {
  let answer: PurgeAnswer;
  try {
    answer = await answerTo(call);
  } catch (error) {
    return { type: 'later', reason: callFailure(error) };
  }
  const { status, retryAfter, text } = answer;
  const isSuccess = status >= 200 && status < 300;
  const failure = isSuccess ? succeeded(text) : `answered ${status}`;
  if (failure === undefined) return { type: 'done' };
  if (!isSuccess && !isTemporary(status)) return { type: 'rejected', reason: failure };
  const seconds = retryAfterSeconds(retryAfter, new Date());
  return { type: 'later', reason: failure, retryAfterMs: seconds === undefined ? undefined : seconds * 1000 };
}

/** Credentials (401, 403) can be corrected at the network, so such a purge is not lost. */
const isTemporary = (status: number): boolean =>
  status >= 500 || status === 429 || status === 408 || status === 401 || status === 403;

async function answerTo({ url, body, headers, ...call }: PurgeCall): Promise<PurgeAnswer> {
  const text = body && JSON.stringify(body);
  const own: Record<string, string | number> =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return textOf(await callNetwork(url, { ...call, headers: { ...headers, ...own }, body: text }));
}

async function textOf(response: IncomingMessage): Promise<PurgeAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_TEXT_BYTES) break; // destroys the response
  }
  const retryAfter = response.headers['retry-after'];
  return { status: response.statusCode ?? 0, retryAfter, text: Buffer.concat(chunks).toString('utf8') };
}

/** The first that did not succeed; `rejected` only if none is to be repeated. */
export function combined(results: readonly PurgeResult[]): PurgeResult {
  const failed = results.filter(({ type }) => type !== 'done');
  return failed.find(({ type }) => type === 'later') ?? failed[0] ?? { type: 'done' };
}
