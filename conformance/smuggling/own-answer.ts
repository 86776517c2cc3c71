import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { valuesOf } from '../wire/message-fields.js';
import { openRaw } from '../wire/raw-client.js';
import { readResponses } from '../wire/strict-responses.js';

/** Begins the targets of requests by which a test makes sure that nothing is left over of another. */
export const OWN_PREFIX = '/own-';

/**
 * Somebody else's request, over a connection of their own, right after: it gets its own answer and no byte of
 * another's.
 */
export async function expectOwnAnswer(gatewayUrl: string): Promise<void> {
  const target = `${OWN_PREFIX}${randomUUID()}`;
  const client = await openRaw(gatewayUrl);
  client.send(`GET ${target} HTTP/1.1\r\nHost: own.example\r\nConnection: close\r\n\r\n`);
  await client.until((_, ending) => ending !== 'open', "the answer to somebody else's request");
  const { responses, rest } = readResponses(client.received(), ['GET'], client.ending());
  expect(
    responses.map(({ status, fields }) => [status, ...valuesOf(fields, 'x-target')]),
    client.received(),
  ).toEqual([[200, target]]);
  expect(rest).toBe('');
}
