/** Answers to be dropped by a network. URLs are absolute, as its clients request them. */
export type EdgePurge =
  | { readonly type: 'urls'; readonly items: readonly string[] }
  /** See `edgeTag`. */
  | { readonly type: 'tags'; readonly items: readonly string[] }
  /** Of absolute URLs. */
  | { readonly type: 'prefixes'; readonly items: readonly string[] }
  | { readonly type: 'everything' };

export type ItemType = Exclude<EdgePurge['type'], 'everything'>;

export type PurgeResult =
  | { readonly type: 'done' }
  /** The same call may succeed later. */
  | { readonly type: 'later'; readonly reason: string; readonly retryAfterMs?: number }
  /** The network refuses this call for good. */
  | { readonly type: 'rejected'; readonly reason: string };

/** Sends purges to one kind of network. */
export interface PurgeDriver {
  readonly name: string;
  /** Largest number of items of a call. 0: the network can't purge by them, so everything is purged instead. */
  readonly maxItems: Readonly<Record<ItemType, number>>;
  /**
   * One call, or one to each address of the network. It takes a bounded time and never rejects. No reason contains a
   * secret.
   *
   * @param isSoft whether the network may still send dropped answers while it revalidates them. A network without soft
   *   purges drops them at once
   */
  purge(purge: EdgePurge, isSoft: boolean): Promise<PurgeResult>;
}
