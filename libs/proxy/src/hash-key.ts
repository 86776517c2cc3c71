import type { IncomingMessage } from 'node:http';
import { cookieOf } from '@slipstream/http';

/** What requests are told apart by, for `consistent_hash`. */
export type HashOn = { type: 'address' } | { type: 'cookie' | 'header'; name: string };

/** @returns undefined when the request doesn't have it */
export function hashKeyOf({ headers }: IncomingMessage, hashOn: HashOn, clientAddress: string): string | undefined {
  if (hashOn.type === 'address') return clientAddress;
  if (hashOn.type === 'header') return headers[hashOn.name.toLowerCase()]?.toString();
  return cookieOf(headers.cookie, hashOn.name);
}
