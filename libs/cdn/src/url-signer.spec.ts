import { superLinearInput } from '@slipstream/contracts/testing';
import { describe, expect, it } from 'vitest';
import { UrlSigner } from './url-signer.js';

const KEY = 'a key of 32 characters, or longer';
let now = 1_000_000;
const clock = () => now;
const signer = new UrlSigner({ key: KEY, clock });
const SIGNED = signer.sign('/files/a.pdf?page=2', 1_060_000);

describe('a signed URL', () => {
  it('has the time of its end, and a signature that openssl makes too', () => {
    // printf %s "$text" | openssl dgst -sha256 -hmac "$KEY" -binary | basenc --base64url
    expect(SIGNED).toBe(
      '/files/a.pdf?page=2&slipstream-expires=1060&slipstream-signature=6Mt682DPCAz_okv4QDHY_rjZMkh3hkIl1Yo4F_9YZ2U',
    );
  });

  it('is valid until its time', () => {
    now = 1_059_999;
    expect(signer.verify(SIGNED)).toEqual({ type: 'valid', target: '/files/a.pdf?page=2' });
    now = 1_060_000;
    expect(signer.verify(SIGNED)).toEqual({ type: 'expired' });
    now = 1_000_000;
  });

  it.each([
    ['has another path', SIGNED.replace('a.pdf', 'b.pdf')],
    ['has another query', SIGNED.replace('page=2', 'page=3')],
    ['has a later time', SIGNED.replace('=1060', '=9060')],
    ['has another parameter behind', `${SIGNED}&download=1`],
    ['has another parameter before the time', SIGNED.replace('&slipstream-expires', '&x=1&slipstream-expires')],
    ['has another signature', SIGNED.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A'))],
    ['has a short signature', SIGNED.slice(0, -1)],
    ['has no signature', '/files/a.pdf?page=2&slipstream-expires=1060'],
    ['has nothing', '/files/a.pdf'],
    ['is signed twice', signer.sign(SIGNED, 1_060_000).replace('page=2', 'page=3')],
  ])('that %s is invalid', (_, url) => expect(signer.verify(url)).toEqual({ type: 'invalid' }));

  it('is valid with the former key, and is signed with the current one', () => {
    const next = new UrlSigner({ key: 'another key of 32 characters or so', formerKey: KEY, clock });
    expect(next.verify(SIGNED)).toMatchObject({ type: 'valid' });
    const resigned = next.sign('/a', 1_060_000);
    expect(signer.verify(resigned)).toEqual({ type: 'invalid' });
    expect(next.verify(resigned)).toMatchObject({ type: 'valid', target: '/a' });
    expect(new UrlSigner({ key: 'a third key of 32 characters or so', clock }).verify(SIGNED)).toMatchObject({
      type: 'invalid',
    });
  });
});

it('is verified in linear time', () => {
  expect(superLinearInput((text) => signer.verify(`/${text}`))).toBeUndefined();
});
