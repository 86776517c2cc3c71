import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** A request to a network, or to ourselves. */
export interface NetworkCall {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body?: string;
  /** From the request to the end of the answer. */
  readonly timeoutMs: number;
  /** Whether any certificate is accepted. Default false. */
  readonly isOwn?: boolean;
}

/** Resolves with the head of the answer. Redirects are not followed. */
export function callNetwork(url: URL, call: NetworkCall): Promise<IncomingMessage> {
  const { method, headers, body, timeoutMs, isOwn = false } = call;
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const signal = AbortSignal.timeout(timeoutMs);
  const options = { method, headers, agent: false, signal, rejectUnauthorized: !isOwn };
  return new Promise((resolve, reject) => void request(url, options, resolve).once('error', reject).end(body));
}

/** Why a call got no answer. A code contains no field of the request; a message may. */
export function callFailure(error: unknown): string {
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (name === 'AbortError' || name === 'TimeoutError') return 'did not answer in time';
  return typeof code === 'string' ? `failed (${code})` : 'failed';
}
