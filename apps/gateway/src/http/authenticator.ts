import type { IncomingHttpHeaders } from 'node:http';
import { SlipstreamError, id, type Principal, type Role } from '@slipstream/contracts';
import { secretHash } from './secret-hash.js';

/** A key as the configuration holds it: never itself, only `sha256:` and the hash in hex. */
export interface ConfiguredKey {
  id: string;
  hash: string;
  role: Role;
  /** Whose key it is, for role `person`. */
  person?: string;
}

/** What is known of a caller before its key is looked at. */
export interface Caller {
  headers: IncomingHttpHeaders;
  remoteAddress?: string;
}

/** The caller is not let in. */
export class AccessError extends SlipstreamError {
  constructor(
    readonly status: 400 | 401 | 403,
    code: string,
    message: string,
  ) {
    super(code, message);
  }
}

/** Headers that only a proxy sets. */
const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];
const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const LOOPBACK_ADDRESS = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/;

/**
 * Tells who is calling.
 *
 * With keys, the bearer token decides. Without keys, only this machine is let in, as an admin; and since a web page in
 * its browser, or a proxy on it, speaks from the same address, Host and Origin are checked and proxied requests refused.
 */
export class Authenticator {
  private readonly keys: ReadonlyMap<string, ConfiguredKey>;

  constructor(keys: readonly ConfiguredKey[]) {
    this.keys = new Map(keys.map((key) => [key.hash, key]));
  }

  /** @throws AccessError */
  authenticate(caller: Caller): Principal {
    const { role, keyId, person } = this.keys.size === 0 ? loopbackCaller(caller) : this.keyHolder(caller.headers);
    const userId = person ?? namedPerson(caller.headers);
    return userId === undefined ? { role, keyId } : { role, keyId, userId };
  }

  /** @throws AccessError unless the caller is an admin who acts for nobody else */
  requireAdmin(caller: Caller): void {
    if (this.authenticate(caller).role !== 'admin') throw new AccessError(403, 'admin_required', 'This needs a key of role admin.');
  }

  private keyHolder({ authorization }: IncomingHttpHeaders): Holder {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (!token) throw new AccessError(401, 'key_missing', 'Send your key as "Authorization: Bearer <key>".');
    const key = this.keys.get(secretHash(token));
    if (!key) throw new AccessError(401, 'key_unknown', 'This key is not known here.');
    return { role: key.role, keyId: key.id, person: key.role === 'person' ? key.person : undefined };
  }
}

type Holder = { role: Role; keyId: string; person?: string };

function loopbackCaller({ headers, remoteAddress }: Caller): Holder {
  if (!LOOPBACK_ADDRESS.test(remoteAddress ?? '')) {
    throw new AccessError(403, 'keys_required', 'Without keys only this machine is served. Configure keys to serve others.');
  }
  const proxied = PROXY_HEADERS.find((name) => headers[name] !== undefined);
  if (proxied) {
    throw new AccessError(403, 'proxied_without_keys', `The request came through a proxy (it has ${proxied}), so its caller is not known. Configure keys.`);
  }
  const host = headers.host ?? '';
  if (!LOOPBACK_NAME.test(host.replace(/:\d+$/, ''))) {
    throw new AccessError(403, 'host_refused', 'Without keys the Host must be localhost or a loopback address. Configure keys to serve other names.');
  }
  if (headers.origin !== undefined && headers.origin !== `http://${host}` && headers.origin !== `https://${host}`) {
    throw new AccessError(403, 'origin_refused', 'Without keys a page of another origin is not served. Configure keys.');
  }
  return { role: 'admin', keyId: 'loopback' };
}

function namedPerson(headers: IncomingHttpHeaders): string | undefined {
  const named = headers['x-slipstream-user'];
  if (named === undefined) return undefined;
  if (!id.safeParse(named).success) throw new AccessError(400, 'invalid_user_header', 'X-Slipstream-User must be the id of one person.');
  return named as string;
}
