import { parseAuthorization } from './authorization.js';
import { cookiePairs, joined } from './cookies.js';

/** Every key of this house begins so. */
export const OWN_KEY_PREFIX = 'slip_';

/** A key, where a word begins; percent-encoded text may stand before it. */
const OWN_KEY = /(?:^|[^A-Za-z0-9_-]|%[0-9A-Fa-f]{2})slip_[A-Za-z0-9_-]/;
/** A key as `npm run key` makes it, of 32 random bytes: what is shorter may be a word that somebody looks for. */
const WHOLE_KEY = /slip_[A-Za-z0-9_-]{43}/;

const holdsOwnKey = (text: string): boolean => text.includes(OWN_KEY_PREFIX) && OWN_KEY.test(text);

/**
 * The value of a field without keys of this house, which never travel upstream whatever field they were put into.
 * @param name in lower case
 * @returns undefined when the field must not travel at all
 */
export function withoutOwnKeys(name: string, value: string): string | undefined {
  if (name === 'cookie') return holdsOwnKey(value) ? withoutKeyCookies(value) : value;
  if (holdsOwnKey(value)) return undefined;
  return name === 'authorization' && holdsKeyInBasic(value) ? undefined : value;
}

function withoutKeyCookies(value: string): string | undefined {
  const kept = joined(cookiePairs(value).filter(({ text }) => !holdsOwnKey(text)));
  return kept === '' ? undefined : kept;
}

/** RFC 7617: user and password in Base64. */
function holdsKeyInBasic(value: string): boolean {
  if (!/^\s*basic\b/i.test(value)) return false;
  const { credentials = '' } = parseAuthorization(value) ?? {};
  return holdsOwnKey(Buffer.from(credentials, 'base64').toString('latin1'));
}

/** Whether the query of a target holds a whole key. Such a key is in logs and histories already. */
export function hasKeyInQuery(target: string): boolean {
  const start = target.indexOf('?');
  return start >= 0 && holdsWholeKey(target.slice(start));
}

/** Whether a text contains a whole key, percent-encoded or not. */
export const holdsWholeKey = (text: string): boolean => WHOLE_KEY.test(decoded(text));

/** Percent-encoded ASCII decoded, where a `%` is valid. */
const decoded = (text: string): string =>
  text.includes('%')
    ? text.replace(/%([2-7][0-9A-Fa-f])/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : text;
