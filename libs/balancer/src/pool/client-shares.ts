/** Part of a pool's places that is reserved for clients that use less than this part. */
const RESERVED_RATIO = 0.1;

/**
 * Keeps one client from taking every place of a pool: the last tenth of the places is for clients that hold less than a
 * tenth. A pool of fewer than ten places has no such reserve.
 */
export class ClientShares {
  /** Used places by client. Empty for a pool without a reserve, which saves two look-ups per request. */
  private readonly held = new Map<string, number>();
  private reserve = 0;
  private own = 0;

  /** Places of all backends in use; Infinity if they are not bounded. */
  private capacity = Infinity;
  /** Places that other gateways and processes use. */
  others = 0;

  setCapacity(places: number): void {
    this.capacity = places;
    this.reserve = places === Infinity ? 0 : Math.floor(places * RESERVED_RATIO);
    if (this.reserve === 0) this.held.clear();
  }

  /** Whether the client may take one more of the free places. */
  mayTake(client: string): boolean {
    if (this.reserve === 0 || this.capacity - this.own - this.others > this.reserve) return true;
    return (this.held.get(client) ?? 0) < this.reserve;
  }

  take(client: string): void {
    this.own += 1;
    if (this.reserve === 0) return;
    this.held.set(client, (this.held.get(client) ?? 0) + 1);
  }

  give(client: string): void {
    this.own -= 1;
    if (this.reserve === 0) return;
    const left = (this.held.get(client) ?? 0) - 1;
    if (left > 0) this.held.set(client, left);
    else this.held.delete(client);
  }
}
