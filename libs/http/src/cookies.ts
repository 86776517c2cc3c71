/** One pair of a Cookie field. */
export interface CookiePair {
  /** Empty when the pair has no `=`: its text is a value then (RFC 6265bis section 5.6.3). */
  readonly name: string;
  readonly value: string;
  /** As it was sent, without the spaces around it. */
  readonly text: string;
}

/**
 * The pairs of a Cookie field. A semicolon always ends one, within quotes too: browsers send back what Set-Cookie gave
 * them up to the first semicolon (RFC 6265 sections 4.2.1 and 5.2), so quotes hold nothing together.
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

/** cookie-octet, plain or within quotes (RFC 6265 section 4.1.1): no server splits it, and it opens nothing. */
const PLAIN_VALUE = /^(?:[!#-+\--:<-[\]-~]*|"[!#-+\--:<-[\]-~]*")$/;
/** A value that some server may read beyond the semicolon, as one that opens quotes. */
const OPENS = /["\\]/;

const isPlain = ({ value }: CookiePair): boolean => PLAIN_VALUE.test(value);

/**
 * What a Cookie field says of who asks: without the cookies that are ignored, and otherwise as it was sent. Some
 * servers hold quoted values together and others split at commas, so a cookie is left out only where every server sees
 * the same one. Two fields that any server reads differently, past ignored cookies, never give the same text.
 *
 * @returns empty when nothing is left
 */
export function cookiesBut(value: string, isIgnored: (name: string) => boolean): string {
  const pairs = cookiePairs(value);
  if (!pairs.some((pair) => isIgnored(pair.name))) return value.trim();
  if (pairs.some((pair) => OPENS.test(pair.value) && !isPlain(pair))) return value.trim();
  return joined(pairs.filter((pair) => !isIgnored(pair.name) || !isPlain(pair)));
}

/** A Cookie field's value of these pairs. */
export const joined = (pairs: readonly CookiePair[]): string => pairs.map(({ text }) => text).join('; ');

/** A Cookie field's value without the cookies of one name; byte for byte as it was when none is there. */
export function withoutCookie(value: string, name: string): string {
  if (!value.includes(name)) return value;
  const pairs = cookiePairs(value);
  const kept = pairs.filter((pair) => pair.name !== name);
  return kept.length === pairs.length ? value : joined(kept);
}
