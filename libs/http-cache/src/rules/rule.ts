/** What an operator says of the answers to GETs of a path. */
export interface ReadRule {
  /** See {@link PathTable}. */
  readonly path: string;
  /**
   * `immutable`: for everybody, and for ever; `public`: for everybody; `private`: for who asks with the same
   * credentials; `never`: not stored.
   */
  readonly class: 'immutable' | 'public' | 'private' | 'never';
  /** How long it is fresh. Default: a year for `immutable`, a minute for `public`, 5 s for `private`. */
  readonly ttlMs?: number;
  /** How long after that it may be given once more while it is renewed. Default 0. */
  readonly staleWhileRevalidateMs?: number;
  /** How long after that it may be given when the backends fail. Default 0. */
  readonly staleIfErrorMs?: number;
  /** Templates of tags; see {@link tagsOfAnswer}. `private` answers always have `user:{user}`. */
  readonly tags?: readonly string[];
  /** A parameter of the query that asks for a new answer: with it nothing is stored, and nothing stored is given. */
  readonly unlessParameter?: string;
}

/** What a request that changes something makes stale. Without a rule, everything of the user who made it. */
export interface WriteRule {
  readonly path: string;
  /** Default: all but GET, HEAD and OPTIONS. */
  readonly methods?: readonly string[];
  /** Templates of tags; see {@link tagsOfWrite}. Empty: it changes nothing that is stored. */
  readonly drops: readonly string[];
  /** Templates of the tags whose answers go on changing after it, unseen. */
  readonly cooldownTags?: readonly string[];
  /** For how long nothing is stored that has a tag of `cooldownTags`. Default 120,000. */
  readonly cooldownMs?: number;
}
