import type { Directives } from './cache-control.js';

/**
 * One member of a Dictionary: key, item, parameters (RFC 9651 section 4.2.2). Inner lists and dates have no use here.
 */
const KEY = '[a-z*][a-z0-9_.*-]*';
const INTEGER = '-?\\d{1,15}';
const ITEM =
  `"(?:[ !#-[\\]-~]|\\\\["\\\\])*"|-?\\d{1,12}\\.\\d{1,3}|${INTEGER}|` +
  `[A-Za-z*][!#$%&'*+.^_\`|~0-9A-Za-z:/-]*|:[A-Za-z0-9+/=]*:|\\?[01]`;
const PARAMETERS = `; *${KEY}(?:=(?:${ITEM}))?`;
const MEMBER = new RegExp(`(${KEY})(?:=(${ITEM}))?(?:${PARAMETERS})*[ \\t]*(?:(,)[ \\t]*|$)`, 'y');

const SECONDS = new Set(['max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error']);

/**
 * Parses a targeted field such as CDN-Cache-Control (RFC 9213 section 2.1) strictly, as a Dictionary of structured
 * fields.
 *
 * @returns undefined if it is absent, empty or malformed, or has a directive of the wrong type; such a field is ignored
 */
export function parseTargetedCacheControl(value: string | undefined): Directives | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const directives = new Map<string, string | undefined>();
  let comma: string | undefined = ',';
  for (MEMBER.lastIndex = 0; MEMBER.lastIndex < text.length;) {
    const match: RegExpExecArray | null = comma === undefined ? null : MEMBER.exec(text);
    if (!match) return undefined;
    const [, key = '', item] = match;
    comma = match[3];
    if (SECONDS.has(key) && !isInteger(item)) return undefined;
    if (item !== '?0') directives.set(key, item === '?1' ? undefined : unquoted(item));
  }
  return comma === undefined && directives.size > 0 ? directives : undefined;
}

const isInteger = (item: string | undefined): boolean => item !== undefined && new RegExp(`^${INTEGER}$`).test(item);
const unquoted = (item: string | undefined): string | undefined =>
  item?.startsWith('"') ? item.slice(1, -1).replace(/\\(.)/g, '$1') : item;
