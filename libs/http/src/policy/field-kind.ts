/** Meaning of a request field for a proxy. {@link KINDS} lists the consequences. */
export type FieldKind =
  /** For one connection only (RFC 9110 section 7.6.1). */
  | 'hop'
  /** Addressed to Slipstream: `X-Slipstream-*`. */
  | 'own'
  /** Answered or replaced by Slipstream. */
  | 'renewed'
  /** Needed to read the message, or to find loops. Connection can't name it. */
  | 'message'
  /** Does not identify a user. Answers that depend on it name it in Vary. */
  | 'plain'
  /** Address of the sender. */
  | 'address'
  /** Scheme, host, port, prefix or country by which the client reached the application. */
  | 'origin'
  /** A target or method other than that of the request line. */
  | 'override'
  /** Identity of the sender, as stated by Open WebUI or a proxy that authenticates users. */
  | 'identity'
  /** Identity of the sender, as proved by the client to the application. */
  | 'credential'
  /** Unlisted, with the name of a target, a method or a host. */
  | 'routing'
  /** Unlisted. */
  | 'unknown';

/** Senders from which a field of a kind is forwarded to a backend. */
export type Travels = 'never' | 'from-trusted-peers' | 'always';

/**
 * Effect of a forwarded field on shared answers. `shared`: none. `keyed`: it is part of the cache key. `bypass`: the
 * request bypasses the cache. `credential`: the answer belongs to this client, unless the answer or a rule makes it
 * public. `private`: it distinguishes users under a private rule only.
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
