import type { IncomingMessage } from 'node:http';
import type { PickOptions } from '@slipstream/balancer';
import { claimedOrigin, type Peer } from '@slipstream/http';
import type { Stickiness } from './stickiness.js';

/** Input for the choice of a backend. */
export interface Preference {
  pickOptions: PickOptions;
  /** The request of this answer. */
  request: IncomingMessage;
  /** Absent: clients do not stick to backends. */
  stickiness?: Stickiness;
}

/**
 * Adds the fields of this proxy to an answer.
 * @param backend to which the client may be bound; absent if the answer is shared with other clients
 */
export function addOwnFields(
  headers: string[],
  { pickOptions, request, stickiness }: Preference,
  { requestId, peer }: { requestId: string; peer: Peer },
  backend?: string,
): void {
  keepOneRequestId(headers, requestId, backend !== undefined);
  if (backend === undefined || backend === pickOptions.stickTo) return;
  if (stickiness === undefined) return;
  const cookie = stickiness.cookieFor(
    backend,
    headers,
    claimedOrigin(request.rawHeaders, request.headers.host, peer).scheme === 'https',
  );
  if (cookie !== undefined) headers.push('Set-Cookie', cookie);
}

const REQUEST_ID = 'x-request-id';

/**
 * Keeps one X-Request-Id: the application's own, which its logs contain, or ours.
 * @param isItsOwn whether the answer was made for this request; a shared one has the id of another
 */
function keepOneRequestId(headers: string[], requestId: string, isItsOwn: boolean): void {
  let isKept = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (name.length !== REQUEST_ID.length || name.toLowerCase() !== REQUEST_ID) continue;
    if (isItsOwn && !isKept) {
      isKept = true;
    } else {
      headers.splice(i, 2);
      i -= 2;
    }
  }
  if (!isKept) headers.push('X-Request-Id', requestId);
}
