/** What a request field means to a proxy. {@link KINDS} says what follows from it. */
export type FieldKind =
  /** One connection only (RFC 9110 section 7.6.1). */
  | 'hop'
  /** Addressed to Slipstream: `X-Slipstream-*`. */
  | 'own'
  /** Answered here, or set anew. */
  | 'renewed'
  /** Needed to read the message, or to find loops. Connection can't name it away. */
  | 'message'
  /** Says nothing of who asks; answers that depend on it say so in Vary. */
  | 'plain'
  /** Where a request came from. */
  | 'address'
  /** By which scheme, host, port and prefix the client reached the application, or from which country. */
  | 'origin'
  /** Another target or method than the request line has. */
  | 'override'
  /** Who sent it, as a proxy that signs users in, or Open WebUI, says. */
  | 'identity'
  /** Who sent it, as the client proves to the application. */
  | 'credential'
  /** In no list, and its name is one of a target, a method or a host. */
  | 'routing'
  /** In no list. */
  | 'unknown';

/** From whom a field of a kind goes on to a backend. */
export type Travels = 'never' | 'from-trusted-peers' | 'always';

/**
 * What a field that travels means to a shared answer. `shared`: nothing, by the policy's own statement. `keyed`: it is
 * part of the cache key. `bypass`: the cache has nothing to do with the request. `credential`: the answer is this
 * client's alone unless the answer or a rule says that it is for everybody. `private`: it tells users apart under a
 * private rule only.
 */
export type SharingEffect = 'shared' | 'keyed' | 'bypass' | 'credential' | 'private';

export interface KindPolicy {
  readonly travels: Travels;
  readonly sharing: SharingEffect;
}

export const KINDS: Readonly<Record<FieldKind, KindPolicy>> = {
  hop: { travels: 'never', sharing: 'shared' },
  own: { travels: 'never', sharing: 'shared' },
  renewed: { travels: 'never', sharing: 'shared' },
  message: { travels: 'always', sharing: 'shared' },
  plain: { travels: 'always', sharing: 'shared' },
  address: { travels: 'from-trusted-peers', sharing: 'shared' },
  origin: { travels: 'from-trusted-peers', sharing: 'keyed' },
  override: { travels: 'from-trusted-peers', sharing: 'bypass' },
  identity: { travels: 'from-trusted-peers', sharing: 'credential' },
  credential: { travels: 'always', sharing: 'credential' },
  routing: { travels: 'always', sharing: 'bypass' },
  unknown: { travels: 'always', sharing: 'private' },
};
