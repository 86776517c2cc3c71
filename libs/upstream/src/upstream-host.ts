import type { Backend } from '@slipstream/balancer';
import type { RawHeaders } from '@slipstream/http';

/**
 * What Host says to backends: `preserve`, what the client said; `backend`, the name and port of the backend; else this
 * name.
 */
export type UpstreamHost = string;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** @returns undefined when the client's Host stays */
export function hostFor(
  { url, serverName }: Pick<Backend, 'url' | 'serverName'>,
  host: UpstreamHost,
): string | undefined {
  if (host === 'preserve') return undefined;
  if (host !== 'backend') return host;
  const { host: authority, port, protocol } = new URL(url);
  if (serverName === undefined) return authority;
  return port === '' || port === DEFAULT_PORTS[protocol] ? serverName : `${serverName}:${port}`;
}

/** The fields with this Host in place of theirs. */
export function withHost(headers: RawHeaders, host: string): RawHeaders {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  return at < 0 ? ['Host', host, ...headers] : headers.toSpliced(at + 1, 1, host);
}
