import { canonicalAcceptEncoding, fieldPolicy } from '@slipstream/http';
import type { Fields } from '../fields/fields.js';
import { splitList } from '../fields/list.js';

/** More than this many names and every request would be alone with its answer. */
export const MAX_VARY_NAMES = 16;

const NONE: readonly string[] = [];

/**
 * @returns the names of Vary in lower case, sorted; undefined when an answer is for nobody else (`*` among them, RFC
 * 9111 section 4.1)
 */
export function varyNames(fields: Fields): readonly string[] | undefined {
  const value = fields.get('vary');
  if (value === undefined) return NONE;
  const names = [...new Set(splitList(value).map((name) => name.toLowerCase()))].sort();
  return names.includes('*') || names.length > MAX_VARY_NAMES ? undefined : names;
}

/** Lists in which only weights rank, not places, and case means nothing (RFC 9110 sections 12.5.3 and 12.5.4). */
const WEIGHTED: ReadonlySet<string> = new Set(['accept-language', 'accept-charset']);

/** The fields of a request, as the origin gets them. */
export interface SelectingFields {
  /** The value of a field of exactly this name. */
  selecting(name: string): string | undefined;
  /** Names and values of all lines that an origin may read as this field, if one of them is spelled otherwise. */
  respelled(name: string): readonly string[] | undefined;
}

/**
 * @returns what two requests have in common when they select the same answer; unambiguous, for no name holds a colon or
 * a space, and no value a line feed
 */
export function variantOf(names: readonly string[], fields: SelectingFields): string {
  let variant = '';
  for (const name of names) {
    const lines = fields.respelled(name);
    const value = lines ? undefined : fields.selecting(name);
    variant += value === undefined ? `${name}\n` : `${name}:${normalised(name, value)}\n`; // absent matches absent only
    if (lines) variant += verbatim(lines);
  }
  return variant;
}

/** A line each, which begins with a space. */
function verbatim(lines: readonly string[]): string {
  let text = '';
  for (let i = 0; i + 1 < lines.length; i += 2) text += ` ${lines[i]}:${lines[i + 1]}\n`;
  return text;
}

function normalised(name: string, value: string): string {
  if (fieldPolicy(name).sharing === 'credential') return value; // two credentials that look alike may be two users'
  if (name === 'accept-encoding') return canonicalAcceptEncoding(value); // the origin gets this form, too
  return WEIGHTED.has(name) ? rememberedForm(value) : splitList(value).join(',');
}

const MAX_REMEMBERED = 500;
const MAX_REMEMBERED_LENGTH = 200;
/** Browsers of one kind all say the same: what they say is normalised once. */
const remembered = new Map<string, string>();

function rememberedForm(value: string): string {
  const known = remembered.get(value);
  if (known !== undefined) return known;
  const form = weightedForm(value);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  if (value.length <= MAX_REMEMBERED_LENGTH) remembered.set(value, form);
  return form;
}

const weightedForm = (value: string): string =>
  splitList(value)
    .map((member) =>
      member
        .toLowerCase()
        .replace(/\s+/g, '')
        .replace(/;q=1(?:\.0*)?$/, ''),
    )
    .sort()
    .join(',');
