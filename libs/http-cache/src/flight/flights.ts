import type { ReadRequest } from '../policy/cache-request.js';
import type { Flight } from './flight.js';

/** The flights that others may join, by the key of what they bring. */
export class Flights {
  private readonly byKey = new Map<string, Flight>();

  get size(): number {
    return this.byKey.size;
  }

  /** @returns one that this request may wait for */
  joinable(key: string, request: ReadRequest): Flight | undefined {
    const flight = this.byKey.get(key);
    return flight?.isOpenTo(request) ? flight : undefined;
  }

  /** The newest of a key is the one to join. */
  add(key: string, flight: Flight): void {
    this.byKey.set(key, flight);
  }

  remove(key: string, flight: Flight): void {
    if (this.byKey.get(key) === flight) this.byKey.delete(key);
  }
}
