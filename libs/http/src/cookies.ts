/** One pair of a Cookie field. */
export interface CookiePair {
  /** Empty if the pair has no `=`; the whole text is the value then (RFC 6265bis section 5.6.3). */
  readonly name: string;
  readonly value: string;
  /** The pair as it was sent, without the spaces around it. */
  readonly text: string;
}

/**
 * The pairs of a Cookie field. A semicolon always ends a pair, even within quotes. Browsers send back the text of
 * Set-Cookie up to its first semicolon (RFC 6265 sections 4.2.1 and 5.2), so quotes do not protect a semicolon.
 */
export function cookiePairs(value: string): CookiePair[] {
  const pairs: CookiePair[] = [];
  for (const part of value.split(';')) {
    const text = part.trim();
    if (text === '') continue;
    const end = text.indexOf('=');
    pairs.push({ name: end < 0 ? '' : text.slice(0, end).trim(), value: text.slice(end + 1).trim(), text });
  }
  return pairs;
}

/** The value of the first cookie of this name. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  return header === undefined ? undefined : cookiePairs(header).find((pair) => pair.name === name)?.value;
}

/**
 * cookie-octet, plain or within quotes (RFC 6265 section 4.1.1): no server splits such a value, and it opens no quotes.
 */
const PLAIN_VALUE = /^(?:[!#-+\--:<-[\]-~]*|"[!#-+\--:<-[\]-~]*")$/;
/** A value that some server may read beyond the semicolon, such as one that opens quotes. */
const OPENS = /["\\]/;

const isPlain = ({ value }: CookiePair): boolean => PLAIN_VALUE.test(value);

/**
 * The identifying part of a Cookie field: the field without the ignored cookies, and otherwise as it was sent. Some
 * servers keep quoted values together and others split at commas. So a cookie is left out only where every server reads
 * the same cookie. Two fields that any server reads differently, apart from ignored cookies, never give the same text.
 *
 * @returns empty if nothing is left
 */
export function cookiesBut(value: string, isIgnored: (name: string) => boolean): string {
  const pairs = cookiePairs(value);
  if (!pairs.some((pair) => isIgnored(pair.name))) return value.trim();
  if (pairs.some((pair) => OPENS.test(pair.value) && !isPlain(pair))) return value.trim();
  return joined(pairs.filter((pair) => !isIgnored(pair.name) || !isPlain(pair)));
}

/** The value of a Cookie field with these pairs. */
export const joined = (pairs: readonly CookiePair[]): string => pairs.map(({ text }) => text).join('; ');

/** The value of a Cookie field without the cookies of one name; unchanged if it has none. */
export function withoutCookie(value: string, name: string): string {
  if (!value.includes(name)) return value;
  const pairs = cookiePairs(value);
  const kept = pairs.filter((pair) => pair.name !== name);
  return kept.length === pairs.length ? value : joined(kept);
}
