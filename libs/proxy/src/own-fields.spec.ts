import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { addOwnFields } from './own-fields.js';

const context = {
  requestId: 'ours',
  peer: { address: '127.0.0.1', isTrusted: false, isEncrypted: false, httpVersion: '1.1' },
} as const;
const idsOf = (headers: string[], backend?: string): string[] => {
  addOwnFields(headers, { pickOptions: {}, request: {} as IncomingMessage }, context, backend);
  return headers.filter((_, index) => headers[index - 1]?.toLowerCase() === 'x-request-id');
};

it.each<[string, string[], string | undefined, string]>([
  ['an application that has none', ['Server', 'a'], 'http://pod', 'ours'],
  ['an application with its own', ['X-Request-ID', 'theirs', 'Server', 'a'], 'http://pod', 'theirs'],
  [
    'an application that says it twice',
    ['x-request-id', 'first', 'Server', 'a', 'X-Request-Id', 'second', 'x-request-id', 'third'],
    'http://pod',
    'first',
  ],
  ['an answer that was made for another request', ['X-Request-Id', 'of another', 'Server', 'a'], undefined, 'ours'],
])('gives the client one X-Request-Id: %s', (_, headers, backend, id) => {
  expect(idsOf(headers, backend)).toEqual([id]);
  if (headers.includes('Server')) expect(headers[headers.indexOf('Server') + 1]).toBe('a');
});
