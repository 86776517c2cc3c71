import { describe, expect, it } from 'vitest';
import { acceptedCodings, canonicalAcceptEncoding } from './accept-encoding.js';

describe('Accept-Encoding (RFC 9110 section 12.5.3)', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br, zstd;q=0.8, gzip;q=0.7'],
    ['zstd,br , GZIP', 'br, zstd;q=0.8, gzip;q=0.7'],
    ['gzip, deflate, br, zstd, dcb, dcz', 'br, zstd;q=0.8, gzip;q=0.7'],
    ['br;q=0.5, gzip', 'gzip, br;q=0.8'],
    ['br;q=0, gzip;q=0.001', 'gzip'],
    ['*', 'br, zstd;q=0.8, gzip;q=0.7'],
    ['*;q=0', 'identity'],
    ['gzip, *;q=0', 'gzip'],
    ['x-gzip', 'gzip'],
    ['identity', 'identity'],
    ['deflate, compress', 'identity'],
    ['', 'identity'],
    ['br;q=nonsense', 'identity'],
    [',;,;q=1', 'identity'],
  ])('%j is %j', (value, canonical) => expect(canonicalAcceptEncoding(value)).toBe(canonical));

  it('has few canonical forms, and each is its own', () => {
    const forms = new Set<string>();
    for (let i = 0; i < 3_000; i++)
      forms.add(canonicalAcceptEncoding(`br;q=0.${i % 7}, gzip;q=0.${i % 5}, zstd;q=0.${i % 3}, x${i}`));
    expect(forms.size).toBeLessThanOrEqual(16);
    for (const form of forms) expect(canonicalAcceptEncoding(form)).toBe(form);
  });

  it('goes on when more was remembered than is kept', () => {
    for (let i = 0; i < 2_000; i++) expect(acceptedCodings(`gzip, x${i}`)).toEqual(['gzip']);
  });
});
