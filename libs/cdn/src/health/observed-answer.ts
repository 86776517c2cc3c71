import { createHash } from 'node:crypto';
import { callNetwork } from '../network-call.js';

/** An answer, as far as two of them are compared. */
export interface ObservedAnswer {
  readonly statusCode: number;
  /** Without parameters, in lower case. */
  readonly contentType: string;
  /** Of the content, hexadecimal. */
  readonly digest: string;
  /** From the Age field. Absent: it has none. */
  readonly ageMs?: number;
  /** From the request to the end of the answer. */
  readonly tookMs: number;
}

/** The listener of this process. */
export interface OwnListener {
  /** Absent: it accepts any. */
  readonly host?: string;
}

/** Larger files are none to compare every few seconds. */
const MAX_BYTES = 8 * 1024 * 1024;

/** A file is larger than {@link observe} reads. */
class TooLargeError extends Error {
  readonly code = 'larger than 8 MiB';
}

/**
 * Requests a file, without compression and without following redirects.
 *
 * @param own our own listener, whose certificate need not be for this address, and the host that it accepts
 * @throws Error if there is no whole answer in time
 */
export async function observe(url: URL, timeoutMs: number, own?: OwnListener): Promise<ObservedAnswer> {
  const startedAt = performance.now();
  const headers = {
    ...(own?.host !== undefined && { host: own.host }),
    'accept-encoding': 'identity',
    'user-agent': 'slipstream-cdn-check',
  };
  const response = await callNetwork(url, { method: 'GET', headers, timeoutMs, isOwn: own !== undefined });
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new TooLargeError();
  }
  const { statusCode = 0, headers: fields } = response;
  const age = /^\d{1,9}$/.exec(fields.age ?? '');
  return {
    statusCode,
    contentType: (fields['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase(),
    digest: hash.digest('hex'),
    ageMs: age ? Number(age[0]) * 1000 : undefined,
    tookMs: performance.now() - startedAt,
  };
}
