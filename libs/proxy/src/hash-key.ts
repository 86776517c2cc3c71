import type { IncomingMessage } from 'node:http';
import { cookieOf } from '@slipstream/http';

/** The property of requests that `consistent_hash` hashes. */
export type HashOn = { type: 'address' } | { type: 'cookie' | 'header'; name: string };

/** @returns undefined if the request does not have it */
export function hashKeyOf({ headers }: IncomingMessage, hashOn: HashOn, clientAddress: string): string | undefined {
  if (hashOn.type === 'address') return clientAddress;
  if (hashOn.type === 'header') return headers[hashOn.name.toLowerCase()]?.toString();
  return cookieOf(headers.cookie, hashOn.name);
}
