import type { ReadRequest } from '../policy/cache-request.js';
import type { Flight } from './flight.js';

/**
 * So many fetches of one key may be without an answer at a time: one that hangs, and two that were begun because it
 * hangs.
 */
const MAX_OF_ONE_KEY = 3;

/** Fetches whose answers have not come in time, by the key of what they were to bring. */
export class LateFlights {
  private readonly byKey = new Map<string, Set<Flight>>();

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  /** Whether no further fetch of this key may begin. */
  isFull(key: string): boolean {
    return (this.byKey.get(key)?.size ?? 0) >= MAX_OF_ONE_KEY;
  }

  /** Oldest first. */
  of(key: string): readonly Flight[] {
    return [...(this.byKey.get(key) ?? [])];
  }

  /** @returns the newest that this request may wait for */
  joinable(key: string, request: ReadRequest): Flight | undefined {
    return this.of(key).findLast((flight) => flight.isOpenTo(request));
  }

  add(key: string, flight: Flight): void {
    const flights = this.byKey.get(key) ?? new Set();
    this.byKey.set(key, flights.add(flight));
  }

  delete(key: string, flight: Flight): void {
    const flights = this.byKey.get(key);
    if (flights?.delete(flight) && flights.size === 0) this.byKey.delete(key);
  }
}
