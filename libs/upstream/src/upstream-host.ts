import type { Backend } from '@slipstream/balancer';
import type { RawHeaders } from '@slipstream/http';

/** Host for backends: `preserve` for the client's Host, `backend` for name and port of the backend, or another name. */
export type UpstreamHost = string;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** @returns undefined if the client's Host stays */
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

/** Replaces the Host of these fields. */
export function withHost(headers: RawHeaders, host: string): RawHeaders {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  return at < 0 ? ['Host', host, ...headers] : headers.toSpliced(at + 1, 1, host);
}
