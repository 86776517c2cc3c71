/** An operator's rule for the answers to GETs of a path. */
export interface ReadRule {
  /** See {@link PathTable}. */
  readonly path: string;
  /**
   * `immutable`: for all clients, without end; `public`: for all clients; `private`: for requests with the same
   * credentials; `never`: not stored.
   */
  readonly class: 'immutable' | 'public' | 'private' | 'never';
  /** Freshness lifetime. Default: a year for `immutable`, a minute for `public`, 5 s for `private`. */
  readonly ttlMs?: number;
  /** Time after that in which it may be sent once more while it is renewed. Default 0. */
  readonly staleWhileRevalidateMs?: number;
  /** Time after that in which it may be sent while the backends fail. Default 0. */
  readonly staleIfErrorMs?: number;
  /** Templates of tags; see {@link tagsOfAnswer}. `private` answers always have `user:{user}`. */
  readonly tags?: readonly string[];
  /** A parameter of the query that requests a new answer: with it, nothing is stored, and no stored answer is sent. */
  readonly unlessParameter?: string;
}

/** Answers that a changing request invalidates. Without a rule: all answers of its user. */
export interface WriteRule {
  readonly path: string;
  /** Default: all but GET, HEAD and OPTIONS. */
  readonly methods?: readonly string[];
  /** Templates of tags; see {@link tagsOfWrite}. Empty: it changes no stored answer. */
  readonly drops: readonly string[];
  /** Templates of tags whose answers continue to change after the request, without further requests. */
  readonly cooldownTags?: readonly string[];
  /** Time in which no answer with a tag of `cooldownTags` is stored. Default 120,000. */
  readonly cooldownMs?: number;
}
