import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestContext, RequestTimeline } from '@slipstream/http';
import type { AccessEntry } from '@slipstream/telemetry';
import { recordedUrl } from './recorded-url.js';

/** Facts about the end of a request. */
export interface Ended extends Pick<AccessEntry, 'status' | 'end' | 'route'> {
  /** Default: the version of HTTP. */
  protocol?: string;
  /** On the clock of `performance.now()`. */
  nowMs: number;
}

export function accessEntry(
  { method = '', httpVersion, headers }: IncomingMessage,
  { requestId, traceparent, url, clientAddress, principal }: RequestContext,
  timeline: RequestTimeline,
  { protocol = `HTTP/${httpVersion}`, nowMs, ...ended }: Ended,
): AccessEntry {
  const { startedAtMs, headAtMs, writtenBytes, isStream, backend, tries, cache } = timeline;
  return {
    ...ended,
    requestId,
    traceId: traceparent.slice(3, 35),
    client: clientAddress,
    user: principal?.userId,
    key: principal?.keyId,
    method,
    url: recordedUrl(url),
    protocol,
    bytes: method === 'HEAD' ? 0 : writtenBytes,
    durationMs: nowMs - startedAtMs,
    firstByteMs: headAtMs === undefined ? undefined : headAtMs - startedAtMs,
    isStream,
    backend,
    tries: tries || undefined,
    cache,
    stages: timeline.timesAt(nowMs),
    userAgent: headers['user-agent'],
    referer: headers.referer,
  };
}

/** The entry of a request that could not be parsed. */
export const unreadEntry = ({ remoteAddress = 'unknown' }: Socket, status: number): AccessEntry => ({
  client: remoteAddress.replace(/^::ffff:(?=\d+\.)/i, ''),
  method: '',
  url: '',
  protocol: 'unreadable',
  route: 'unparsable',
  status,
  bytes: 0,
  durationMs: 0,
  end: 'complete',
  isStream: false,
});
