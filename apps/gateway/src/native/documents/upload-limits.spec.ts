import { expect, it } from 'vitest';
import { bytesLeft, requireWithinLimits } from './upload-limits.js';

const LIMITS = { maxFileBytes: 100, maxPerUser: 3, maxBytesPerUser: 250, maxOpenPerUser: 2 };
const USAGE = { documents: 1, bytes: 100, open: 1 };

it.each([
  ['the largest file', {}, 100],
  ['the rest of the bytes of the user', { bytes: 200 }, 50],
])('lets %s in', (_, usage, bytes) => {
  expect(bytesLeft({ ...USAGE, ...usage }, LIMITS)).toBe(bytes);
});

it.each([
  ['documents', { documents: 3 }, 'The user has 3 documents (documents.maxPerUser)'],
  ['open documents', { open: 2 }, 'The user has 2 open documents (documents.maxOpenPerUser)'],
  ['bytes', { bytes: 250 }, 'The user has 250 bytes (documents.maxBytesPerUser)'],
])('refuses another file at the limit of %s, and allows what is stored', (_, usage, text) => {
  const full = { ...USAGE, ...usage };
  expect(() => bytesLeft(full, LIMITS)).toThrow(
    expect.objectContaining({ code: 'document_limit_reached', message: expect.stringContaining(text) }),
  );
  expect(() => requireWithinLimits(full, LIMITS)).not.toThrow();
});

it.each([{ documents: 4 }, { open: 3 }, { bytes: 251 }])('refuses a stored file that exceeds a limit: %j', (usage) => {
  expect(() => requireWithinLimits({ ...USAGE, ...usage }, LIMITS)).toThrow(
    expect.objectContaining({ code: 'document_limit_reached' }),
  );
});
