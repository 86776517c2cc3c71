import { InvalidInputError } from '@slipstream/contracts';

/** Method by which the servers behind a URL are found. */
export type Discovery = 'none' | 'addresses' | 'services';

/** A backend's URL, parsed. */
export interface BackendUrl {
  /**
   * `none`: it is one server. `addresses`: each address of its name is one. `services`: each SRV record of its name is
   * one.
   */
  discovery: Discovery;
  protocol: 'http:' | 'https:';
  hostname: string;
  /** Absent: the default of the protocol. */
  port?: string;
  /** Scheme, host and port only. */
  url: string;
}

const SCHEMES: Readonly<Record<string, Discovery>> = { '': 'none', 'dns+': 'addresses', 'srv+': 'services' };

/**
 * Parses `http://host:port`, `https://…`, `dns+http://name:port` (A and AAAA) or `srv+http://_service._tcp.name` (SRV).
 *
 * @throws InvalidInputError `invalid_backend_url`, with the reason
 */
export function parseBackendUrl(text: string): BackendUrl {
  const [, prefix = '', rest = text] = /^((?:dns|srv)\+)?(.*)$/is.exec(text) ?? [];
  const parsed = URL.parse(rest);
  if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:'))
    throw invalid(text, 'must begin with http://, https://, dns+http://, dns+https://, srv+http:// or srv+https://');
  const { protocol, hostname, port, host, username, password, pathname, search, hash } = parsed;
  if (username || password) throw invalid(text, 'must not contain credentials');
  if (pathname !== '/' || search || hash)
    throw invalid(text, "must be scheme, host and port only: the client's path is used");
  if (port === '0') throw invalid(text, 'must have a port other than 0');
  const discovery = SCHEMES[prefix.toLowerCase()] ?? 'none';
  if (discovery === 'services' && port) throw invalid(text, 'must have no port: SRV records contain it');
  return { discovery, protocol, hostname, ...(port && { port }), url: `${prefix.toLowerCase()}${protocol}//${host}` };
}

/** The text before an @ may be a secret, so it is not repeated. */
const invalid = (text: string, rule: string): InvalidInputError =>
  new InvalidInputError('invalid_backend_url', `The backend URL '${withoutCredentials(text).slice(0, 200)}' ${rule}.`);

function withoutCredentials(text: string): string {
  const [start, end] = [text.indexOf('//') + 2, text.lastIndexOf('@') + 1];
  return start >= 2 && start < end ? text.slice(0, start) + text.slice(end) : text;
}
