import { expect, it } from 'vitest';
import { responseOf } from '../testing/records.js';
import { freshened } from './freshen.js';

const NOW = Date.UTC(2026, 10, 21);
const exchanged = { requestedAt: NOW, answeredAt: NOW };
const stored = responseOf({
  headers: [
    'ETag',
    '"1"',
    'X-Old',
    'kept',
    'X-A',
    '1',
    'x-a',
    '2',
    'Content-Type',
    'text/plain',
    'Content-Length',
    '4',
  ],
  freshUntil: 0,
});

it('renews each field that the 304 has, and keeps the others (RFC 9111 section 4.3.4)', () => {
  const { headers, freshUntil, body, statusCode } = freshened(
    stored,
    ['X-A', '3', 'Cache-Control', 'max-age=60', 'Date', 'Sat, 21 Nov 2026 00:00:00 GMT'],
    exchanged,
  );
  expect(headers).toEqual([
    'ETag',
    '"1"',
    'X-Old',
    'kept',
    'Content-Type',
    'text/plain',
    'X-A',
    '3',
    'Cache-Control',
    'max-age=60',
    'Date',
    'Sat, 21 Nov 2026 00:00:00 GMT',
    'Content-Length',
    '4',
  ]);
  expect([freshUntil, body, statusCode]).toEqual([NOW + 60_000, stored.body, 200]);
});

it('keeps what the bytes that are kept depend upon (section 3.2)', () => {
  const { headers } = freshened(
    stored,
    ['Content-Length', '0', 'Content-Encoding', 'br', 'Content-Range', 'bytes 0-1/2'],
    exchanged,
  );
  expect(headers.slice(0, -4)).toEqual(stored.headers.slice(0, -2)); // then Date and Content-Length
});

it('is fresh for as long as a rule says', () =>
  expect(freshened(stored, [], exchanged, { scope: 'public', ttlMs: 5_000 }).freshUntil).toBe(NOW + 5_000));

it('is as old as the 304, which need not say when it was made (RFC 9110 section 6.6.1)', () => {
  const old = { ...stored, headers: [...stored.headers, 'Date', 'Sat, 21 Nov 1998 00:00:00 GMT'] };
  const { headers, freshUntil } = freshened(old, ['Cache-Control', 'max-age=60'], exchanged);
  expect([freshUntil, headers.includes('Sat, 21 Nov 1998 00:00:00 GMT')]).toEqual([NOW + 60_000, false]);
});
