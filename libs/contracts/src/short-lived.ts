/** The entry of one item. It refers to the item until it is deleted. */
export interface Place<T> {
  item?: T;
}

/**
 * A set of items that live as briefly as a request, in the order of their addition. Nothing refers to an item after its
 * deletion.
 *
 * A `Set` or `Map` does. V8 copies its table when deletions have filled it; the former table keeps its items, and
 * refers to the next one. A major collection that finds a table in use makes it old. From then on no scavenge frees
 * any later table, nor an item of it, until the next major collection makes another table old
 * (docs/decisions/2026-11-27-finished-requests-are-young.md).
 */
export class ShortLivedSet<T extends object> implements Iterable<T> {
  private readonly places = new Set<Place<T>>();

  get size(): number {
    return this.places.size;
  }

  /** @returns the argument of {@link delete} */
  add(item: T): Place<T> {
    const place = { item };
    this.places.add(place);
    return place;
  }

  /** @returns whether the item was there */
  delete(place: Place<T>): boolean {
    place.item = undefined;
    return this.places.delete(place);
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const { item } of this.places) if (item) yield item;
  }
}

/** The same by key. The keys should be small. */
export class ShortLivedMap<K extends string | number, T extends object> {
  private readonly places = new Map<K, Place<T>>();

  get size(): number {
    return this.places.size;
  }

  get(key: K): T | undefined {
    return this.places.get(key)?.item;
  }

  /** Replaces the item of the key, whose position in the order stays. */
  set(key: K, item: T): void {
    const place = this.places.get(key);
    if (place) place.item = item;
    else this.places.set(key, { item });
  }

  /** @returns whether the key was there */
  delete(key: K): boolean {
    const place = this.places.get(key);
    if (place) place.item = undefined;
    return this.places.delete(key);
  }

  clear(): void {
    for (const place of this.places.values()) place.item = undefined;
    this.places.clear();
  }

  *values(): IterableIterator<T> {
    for (const { item } of this.places.values()) if (item) yield item;
  }
}
