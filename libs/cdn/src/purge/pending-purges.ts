import type { EdgePurge, ItemType, PurgeDriver } from './purge-driver.port.js';

interface Item {
  readonly type: ItemType;
  readonly item: string;
  readonly isSoft: boolean;
  /** When it was added first. */
  readonly since: number;
}

type Pending =
  | { readonly type: 'items'; readonly items: Map<string, Item> }
  /** Everything else is part of it. */
  | { readonly type: 'everything'; readonly isSoft: boolean; readonly since: number };

/** One call. */
export interface PurgeBatch {
  readonly purge: EdgePurge;
  readonly isSoft: boolean;
  /** When its oldest item was added. */
  readonly since: number;
}

/**
 * Purges that wait for their call, each once. If there are too many, one purge of everything replaces them. It drops
 * more than was requested, but no purge is lost and memory stays bounded.
 */
export class PendingPurges {
  private pending: Pending = { type: 'items', items: new Map() };

  constructor(
    private readonly maxItems: PurgeDriver['maxItems'],
    private readonly maxPending: number,
  ) {}

  get size(): number {
    return this.pending.type === 'everything' ? 1 : this.pending.items.size;
  }

  /** When the oldest was added. */
  get since(): number | undefined {
    if (this.pending.type === 'everything') return this.pending.since;
    return this.pending.items.values().next().value?.since;
  }

  add({ purge, isSoft, since }: PurgeBatch): void {
    if (purge.type === 'everything' || this.maxItems[purge.type] === 0) return this.addEverything(isSoft, since);
    if (this.pending.type === 'everything') return void (this.pending = hardened(this.pending, isSoft));
    const { items } = this.pending;
    for (const item of purge.items) addItem(items, { type: purge.type, item, isSoft, since });
    if (items.size > this.maxPending) this.addEverything(true, since);
  }

  /** Removes what fits into one call. @returns undefined if nothing is pending */
  take(): PurgeBatch | undefined {
    const { pending } = this;
    if (pending.type === 'everything') {
      this.pending = { type: 'items', items: new Map() };
      return { purge: { type: 'everything' }, isSoft: pending.isSoft, since: pending.since };
    }
    const [first] = pending.items.values();
    if (!first) return undefined;
    const { type, isSoft, since } = first;
    const taken: string[] = [];
    for (const [key, each] of pending.items) {
      if (taken.length === this.maxItems[type]) break;
      if (each.type !== type || each.isSoft !== isSoft) continue;
      taken.push(each.item);
      pending.items.delete(key);
    }
    return { purge: { type, items: taken }, isSoft, since };
  }

  private addEverything(isSoft: boolean, since: number): void {
    const all = this.pending.type === 'everything' ? [this.pending] : [...this.pending.items.values()];
    this.pending = {
      type: 'everything',
      isSoft: isSoft && all.every((each) => each.isSoft),
      since: Math.min(since, ...all.slice(0, 1).map((each) => each.since)),
    };
  }
}

/** Of a soft and a hard purge of the same the hard one counts. */
function addItem(items: Map<string, Item>, added: Item): void {
  const key = `${added.type} ${added.item}`;
  const { isSoft = true, since = added.since } = items.get(key) ?? {};
  items.set(key, { ...added, isSoft: added.isSoft && isSoft, since: Math.min(added.since, since) });
}

const hardened = (all: Extract<Pending, { type: 'everything' }>, isSoft: boolean): Pending => ({
  ...all,
  isSoft: all.isSoft && isSoft,
});
