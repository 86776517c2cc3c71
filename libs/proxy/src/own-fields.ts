import type { PickOptions } from '@slipstream/balancer';
import type { Peer } from '@slipstream/http';
import type { Stickiness } from './stickiness.js';

/** What a backend is chosen by. */
export interface Preference {
  wishes: PickOptions;
  /** Absent: the client sticks to none. */
  stickiness?: Stickiness;
}

/**
 * Adds to an answer what the client is told by this proxy.
 * @param backend that the client may be bound to; absent: it isn't this client's alone
 */
export function addOwnFields(headers: string[], { wishes, stickiness }: Preference, { requestId, peer }: { requestId: string; peer: Peer }, backend?: string): void {
  headers.push('X-Request-Id', requestId);
  if (backend === undefined || backend === wishes.stickTo) return;
  const cookie = stickiness?.cookieFor(backend, headers, peer.isEncrypted);
  if (cookie !== undefined) headers.push('Set-Cookie', cookie);
}
