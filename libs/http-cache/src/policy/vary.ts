import { canonicalAcceptEncoding, fieldPolicy } from '@slipstream/http';
import type { Fields } from '../fields/fields.js';
import { splitList } from '../fields/list.js';
import { formLine } from './answer-forms.js';
import type { SelectingFields } from './selecting-fields.js';

/** With more names, practically every request would have an answer of its own. */
export const MAX_VARY_NAMES = 16;

const NONE: readonly string[] = [];

/**
 * @returns the names of Vary in lower case, sorted; undefined if the answer is for one request only (`*` is among them,
 *   RFC 9111 section 4.1)
 */
export function varyNames(fields: Fields): readonly string[] | undefined {
  const value = fields.get('vary');
  if (value === undefined) return NONE;
  const names = [...new Set(splitList(value).map((name) => name.toLowerCase()))].sort();
  return names.includes('*') || names.length > MAX_VARY_NAMES ? undefined : names;
}

/**
 * Lists in which only weights rank, not positions, and that are case-insensitive (RFC 9110 sections 12.5.3 and 12.5.4).
 */
const WEIGHTED: ReadonlySet<string> = new Set(['accept-language', 'accept-charset']);

/**
 * @returns the text that two requests share if they select the same answer. It is unambiguous, because names contain no
 *   colon or space, and values no line feed
 */
export function variantOf(names: readonly string[], fields: SelectingFields): string {
  let variant = '';
  for (const name of names) {
    const form = formLine(name, fields);
    if (form !== undefined) {
      variant += form;
      continue;
    }
    const lines = fields.respelled(name);
    const value = lines ? undefined : fields.selecting(name);
    variant += value === undefined ? `${name}\n` : `${name}:${normalised(name, value)}\n`; // absent matches absent only
    if (lines) variant += verbatim(lines);
  }
  return variant;
}

/** Each line begins with a space. */
function verbatim(lines: readonly string[]): string {
  let text = '';
  for (let i = 0; i + 1 < lines.length; i += 2) text += ` ${lines[i]}:${lines[i + 1]}\n`;
  return text;
}

function normalised(name: string, value: string): string {
  if (fieldPolicy(name).sharing === 'credential') return value; // two similar credentials may be those of two users
  if (name === 'accept-encoding') return canonicalAcceptEncoding(value); // the origin gets this form too
  return WEIGHTED.has(name) ? rememberedForm(value) : splitList(value).join(',');
}

const MAX_REMEMBERED = 500;
const MAX_REMEMBERED_LENGTH = 200;
/** All browsers of one kind send the same value, which is normalised once. */
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
