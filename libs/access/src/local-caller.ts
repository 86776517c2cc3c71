import type { IncomingHttpHeaders } from 'node:http';
import { fieldPolicy } from '@slipstream/http';
import { messageOf, type ErrorCode } from '@slipstream/contracts';
import { AccessError } from './access-error.js';
import { socketOwner, type ConnectionEnds, type SocketOwner } from './socket-owner.js';

/** Properties of a caller before its key is checked. */
export interface Caller {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly httpVersion: string;
  readonly socket: ConnectionEnds;
}

/** User of each connection, as the operating system reports it. */
export interface LocalUsers {
  /** User of this process. Undefined if the system has no user ids. */
  readonly self: number | undefined;
  ownerOf(connection: ConnectionEnds): Promise<SocketOwner>;
}

const LOOPBACK_ADDRESS = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/;
/** A loopback name with an optional port. */
const LOOPBACK_AUTHORITY = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::(\d{1,5}))?$/i;
const LOOPBACK_ORIGIN = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?(?:\/|$)/i;
const DEFAULT_PORTS: ReadonlySet<number> = new Set([80, 443]);
const ROOT = 0;

const systemUsers: LocalUsers = { self: process.geteuid?.(), ownerOf: socketOwner };

/**
 * Decides whether a request without a key comes from a program on this machine that the user of this process runs. Web
 * pages in a browser and proxies on this machine use the same address; see
 * docs/decisions/2026-11-26-keyless-requests-prove-they-are-local.md.
 */
export class LocalCallers {
  /** By connection, because the user of a connection never changes. */
  private readonly owners = new WeakMap<object, Promise<SocketOwner>>();

  constructor(private readonly users: LocalUsers = systemUsers) {}

  /** @throws AccessError 403 with the reason if the request does not prove to be local */
  async require(caller: Caller): Promise<void> {
    const { remoteAddress, localPort } = caller.socket;
    if (!LOOPBACK_ADDRESS.test(remoteAddress ?? ''))
      throw refused('keys_required', 'Without keys, only clients on this machine are served');
    requireNoProxy(caller);
    requireOwnHost(caller.headers.host, localPort);
    requireOwnPage(caller.headers);
    await this.requireSameUser(caller.socket);
  }

  private ownerOf(socket: ConnectionEnds): Promise<SocketOwner> {
    let lookup = this.owners.get(socket);
    if (lookup) return lookup;
    lookup = this.users.ownerOf(socket).catch((error: unknown) => {
      this.owners.delete(socket);
      return failed(error);
    });
    this.owners.set(socket, lookup);
    return lookup;
  }

  /** A proxy usually runs as its own user. Root can read the memory of this process anyway. */
  private async requireSameUser(socket: ConnectionEnds): Promise<void> {
    const { self } = this.users;
    if (self === undefined) return;
    const owner = await this.ownerOf(socket);
    // Another connection may have the port of one that is gone.
    if (socket.destroyed !== true && (owner === 'unknown' || owner === self || owner === ROOT)) return;
    throw refused(
      'other_user_without_keys',
      'Without keys, only programs of the user that runs Slipstream are served; another user owns this ' +
        'connection, as with a proxy',
    );
  }
}

/** A failed look-up refuses the request, and the next one of the connection looks again. */
function failed(error: unknown): never {
  throw refused(
    'other_user_without_keys',
    `The owner of this connection can't be read (${messageOf(error)}), and without keys only programs of the user ` +
      'that runs Slipstream are served',
  );
}

function requireNoProxy({ rawHeaders, httpVersion }: Caller): void {
  const field = rawHeaders.find((name, i) => i % 2 === 0 && fieldPolicy(name).isSetByProxies);
  if (field !== undefined)
    throw refused(
      'proxied_without_keys',
      `The request came through a proxy (it has ${field}), so its caller is unknown`,
    );
  if (httpVersion === '1.0')
    throw refused('proxied_without_keys', 'The request is HTTP/1.0, the default of proxies, so its caller is unknown');
}

function requireOwnHost(host: string | undefined, localPort: number | undefined): void {
  const [authority, port] = LOOPBACK_AUTHORITY.exec(host ?? '') ?? [];
  const isOwn =
    authority !== undefined && (port === undefined ? DEFAULT_PORTS.has(localPort ?? 0) : Number(port) === localPort);
  if (!isOwn)
    throw refused(
      'host_refused',
      `Without keys, the Host must be this listener's own: 127.0.0.1, localhost or [::1], with port ` +
        `${localPort ?? 'of the listener'}`,
    );
}

/** A page that this listener did not serve belongs to another site. */
function requireOwnPage({ origin, referer, host = '', 'sec-fetch-site': site }: IncomingHttpHeaders): void {
  const isForeign = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
  if (isForeign || site === 'cross-site' || (referer !== undefined && !LOOPBACK_ORIGIN.test(referer))) {
    throw refused('origin_refused', 'Without keys, requests from pages of other origins are refused');
  }
}

const refused = (code: ErrorCode, why: string): AccessError =>
  new AccessError(code, `${why}. Configure keys (npm run key), and send one as "Authorization: Bearer <key>".`);
