import type { IncomingHttpHeaders } from 'node:http';
import { id, type Principal, type Role } from '@slipstream/contracts';
import { bearerToken } from '@slipstream/http';
import { AccessError } from './access-error.js';
import { LocalCallers, type Caller, type LocalUsers } from './local-caller.js';
import { secretHash } from './secret-hash.js';

/** A key in the configuration: `sha256:` and its hash in hex, never the key itself. */
export interface ConfiguredKey {
  id: string;
  hash: string;
  role: Role;
  /** Id of the user that owns the key, for role `user`. */
  user?: string;
}

/**
 * Finds the principal of a request. If keys are configured, the bearer token decides. Without keys, a request is an
 * admin's if it proves to be local, and is refused otherwise.
 */
export class Authenticator {
  private keys: ReadonlyMap<string, ConfiguredKey>;
  private readonly locals: LocalCallers;

  /** @param users default: as the operating system reports */
  constructor(keys: readonly ConfiguredKey[], users?: LocalUsers) {
    this.keys = byHash(keys);
    this.locals = new LocalCallers(users);
  }

  /** Replaces the keys for all later authentications. */
  useKeys(keys: readonly ConfiguredKey[]): void {
    this.keys = byHash(keys);
  }

  /** @throws AccessError */
  async authenticate(caller: Caller): Promise<Principal> {
    const { role, keyId, user } =
      this.keys.size === 0 ? await this.localCaller(caller) : this.keyHolder(caller.headers);
    const userId = user ?? namedUser(caller.headers);
    return userId === undefined ? { role, keyId } : { role, keyId, userId };
  }

  /** @throws AccessError unless the caller is an admin */
  async requireAdmin(caller: Caller): Promise<Principal> {
    const principal = await this.authenticate(caller);
    if (principal.role !== 'admin') throw new AccessError('admin_required', 'This call requires a key of role admin.');
    return principal;
  }

  private async localCaller(caller: Caller): Promise<Holder> {
    await this.locals.require(caller);
    return { role: 'admin', keyId: 'loopback' };
  }

  private keyHolder({ authorization }: IncomingHttpHeaders): Holder {
    const token = bearerToken(authorization);
    if (token === undefined) throw new AccessError('key_missing', 'Send your key as "Authorization: Bearer <key>".');
    const key = this.keys.get(secretHash(token));
    if (!key)
      throw new AccessError('key_unknown', 'The key is unknown; check it, or add its hash to the configuration.');
    return { role: key.role, keyId: key.id, user: key.role === 'user' ? key.user : undefined };
  }
}

const byHash = (keys: readonly ConfiguredKey[]): ReadonlyMap<string, ConfiguredKey> =>
  new Map(keys.map((key) => [key.hash, key]));

type Holder = { role: Role; keyId: string; user?: string };

function namedUser(headers: IncomingHttpHeaders): string | undefined {
  const named = headers['x-slipstream-user'];
  if (named === undefined) return undefined;
  if (!id.safeParse(named).success)
    throw new AccessError('invalid_user_header', 'X-Slipstream-User must be the id of one user.');
  return named as string;
}
