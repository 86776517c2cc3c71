import { StartupError } from '@slipstream/contracts';

/** Address of a Redis server. */
export interface RedisNode {
  host: string;
  port: number;
}

/** A parsed Redis URL. More than one node, or a `+cluster` scheme, means Redis Cluster. */
export interface RedisEndpoint {
  kind: 'single' | 'cluster';
  /** At least one. For a cluster: the nodes that list the others. */
  nodes: [RedisNode, ...RedisNode[]];
  tls: boolean;
  username?: string;
  password?: string;
  /** Number of the database; always 0 in a cluster, which has no others. */
  database: number;
}

const SHAPE = /^redis(s)?(\+cluster)?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/(\d{0,5}))?$/i;
const UNSUPPORTED = /^(?:rediss?\+)?(sentinel|unix):/i;
const DEFAULT_PORT = 6379;
const MAX_PORT = 65_535;

/** The forms of a Redis URL, for error texts. */
export const REDIS_URL_FORMS =
  'redis://[user:password@]host:port[/database], rediss:// for TLS, or redis+cluster://host1:port1,host2:port2 ' +
  '(rediss+cluster:// for TLS), credentials percent-encoded';

/** @returns the unsupported kind of Redis that this URL names */
export const unsupportedRedisKind = (url: string): string | undefined =>
  UNSUPPORTED_KINDS[UNSUPPORTED.exec(url)?.[1]?.toLowerCase() ?? ''];

const UNSUPPORTED_KINDS: Readonly<Record<string, string>> = { sentinel: 'Redis Sentinel', unix: 'a Unix socket' };

/**
 * Parses `redis[s]://[user:password@]host[:port][/database]` or `redis[s]+cluster://[user:password@]h1:p1,h2:p2`.
 *
 * @throws StartupError that never contains the URL, since it may contain a password.
 */
export function parseRedisUrl(url: string): RedisEndpoint {
  const [, tls, cluster, credentials, hosts = '', database] = SHAPE.exec(url) ?? malformed();
  const [first = malformed(), ...others] = hosts.split(',').map(parseNode);
  if (!cluster && others.length > 0) malformed();
  if (cluster && Number(database || 0) !== 0) malformed();
  return {
    kind: cluster ? 'cluster' : 'single',
    nodes: [first, ...others],
    tls: tls !== undefined,
    ...parseCredentials(credentials),
    database: Number(database || 0),
  };
}

function parseNode(text: string): RedisNode {
  const [, ipv6, name, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? malformed();
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if (number < 1 || number > MAX_PORT) malformed();
  return { host: ipv6 ?? name ?? malformed(), port: number };
}

function parseCredentials(text: string | undefined): Pick<RedisEndpoint, 'username' | 'password'> {
  if (!text) return {};
  const colon = text.indexOf(':');
  if (colon < 0) return { username: decode(text) };
  return { username: decode(text.slice(0, colon)) || undefined, password: decode(text.slice(colon + 1)) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return malformed();
  }
}

function malformed(): never {
  throw new StartupError(`The Redis URL is malformed; write ${REDIS_URL_FORMS}.`);
}
