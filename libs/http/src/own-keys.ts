import { parseAuthorization } from './authorization.js';
import { cookiePairs, joined } from './cookies.js';

/** Prefix of every key of Slipstream. */
export const OWN_KEY_PREFIX = 'slip_';

/** A key at the start of a word, which percent-encoded text may precede. */
const OWN_KEY = /(?:^|[^A-Za-z0-9_-]|%[0-9A-Fa-f]{2})slip_[A-Za-z0-9_-]/;
/** A key of `npm run key`, with 32 random bytes. A shorter text may be an ordinary search term. */
const WHOLE_KEY = /slip_[A-Za-z0-9_-]{43}/;

const holdsOwnKey = (text: string): boolean => text.includes(OWN_KEY_PREFIX) && OWN_KEY.test(text);

/**
 * The value of a field without keys of Slipstream, which are never forwarded in any field.
 * @param name in lower case
 * @returns undefined if the field must not be forwarded at all
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

/** Whether the query of a target contains a whole key. Logs and histories keep such a key. */
export function hasKeyInQuery(target: string): boolean {
  const start = target.indexOf('?');
  return start >= 0 && holdsWholeKey(target.slice(start));
}

/** Whether a text contains a whole key, percent-encoded or not. */
export const holdsWholeKey = (text: string): boolean => WHOLE_KEY.test(decoded(text));

/** The text with its percent-encoded ASCII decoded, where a `%` is valid. */
const decoded = (text: string): string =>
  text.includes('%')
    ? text.replace(/%([2-7][0-9A-Fa-f])/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : text;
