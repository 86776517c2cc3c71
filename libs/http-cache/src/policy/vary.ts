import type { Fields } from '../fields/fields.js';
import { splitList } from '../fields/list.js';

/** More than this many names and every request would be alone with its answer. */
export const MAX_VARY_NAMES = 16;

/** @returns the names of Vary in lower case, sorted; undefined when an answer is for nobody else (`*` among them, RFC 9111 section 4.1) */
export function varyNames(fields: Fields): readonly string[] | undefined {
  const names = [...new Set(splitList(fields.get('vary') ?? '').map((name) => name.toLowerCase()))].sort();
  return names.includes('*') || names.length > MAX_VARY_NAMES ? undefined : names;
}

/** Credentials are compared byte for byte: two that look alike may be two people's. */
const EXACT: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);
/** Lists in which only weights rank, not places, and case means nothing (RFC 9110 sections 12.5.3 and 12.5.4). */
const WEIGHTED: ReadonlySet<string> = new Set(['accept-language', 'accept-encoding', 'accept-charset']);

/** @returns what two requests have in common when they select the same answer: names and normalised values, unambiguously */
export const variantOf = (names: readonly string[], fields: Fields): string => JSON.stringify(names.map((name) => [name, normalised(name, fields.get(name))]));

function normalised(name: string, value: string | undefined): string | null {
  if (value === undefined) return null; // absent matches absent only
  if (EXACT.has(name)) return value;
  const members = splitList(value);
  if (!WEIGHTED.has(name)) return members.join(',');
  return members
    .map((member) => member.toLowerCase().replace(/\s+/g, '').replace(/;q=1(?:\.0*)?$/, ''))
    .sort()
    .join(',');
}
