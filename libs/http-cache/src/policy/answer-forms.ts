import type { Fields } from '../fields/fields.js';
import type { SelectingFields } from './selecting-fields.js';

/** Kinds of answers that the cache keeps in several forms, although the origin sends one. */
export type FormKind = 'image' | 'font';

/** The form that a client gets. `plain`: the origin's. */
export type AnswerForm = 'avif' | 'webp' | 'woff2' | 'plain';

interface Forms {
  /** The field that selects a form; for Vary. */
  readonly field: 'accept' | 'sec-fetch-dest';
  readonly type: RegExp;
  formOf(value: string | undefined): AnswerForm;
}

const FORMS: Readonly<Record<FormKind, Forms>> = {
  image: { field: 'accept', type: /^image\/(?:png|jpeg)$/, formOf: imageFormIn },
  // Browsers accept WOFF2 wherever they send this field, but they don't name it in Accept.
  font: {
    field: 'sec-fetch-dest',
    type: /^(?:font|application)\/(?:x-)?(?:font-)?(?:ttf|otf|sfnt)$/,
    formOf: (value) => (value === 'font' ? 'woff2' : 'plain'),
  },
};

/** RFC 9111 section 5.2.2.6. */
const NO_TRANSFORM = /\bno-transform\b/i;
const KINDS = Object.keys(FORMS) as FormKind[];
/** No field has such a name, so no Vary of an origin contains it. */
const nameOf = (kind: FormKind): string => `:${kind}`;

/** How the forms of an answer are selected. */
export interface FormSelection {
  /** Of the record that lists what selects. */
  readonly name: string;
  /** For Vary. */
  readonly field: string;
}

/**
 * @param varies names by which the origin varies; undefined: `*`
 * @returns undefined if the answer has one form: by its type, or because the origin itself selects by this field
 */
export function formSelectionOf(
  { statusCode, fields }: { statusCode: number; fields: Fields },
  varies: readonly string[] | undefined,
  kinds: readonly FormKind[],
): FormSelection | undefined {
  if (statusCode !== 200 || varies === undefined) return undefined;
  const type = fields.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const kind = kinds.find((each) => FORMS[each].type.test(type));
  if (!kind || varies.includes(FORMS[kind].field) || NO_TRANSFORM.test(fields.get('cache-control') ?? ''))
    return undefined;
  return { name: nameOf(kind), field: FORMS[kind].field };
}

/** @returns the line of a variant for a name of {@link formSelectionOf}; undefined for the name of a field */
export function formLine(name: string, fields: SelectingFields): string | undefined {
  if (!name.startsWith(':')) return undefined;
  const kind = KINDS.find((each) => nameOf(each) === name);
  return kind && `${name}:${FORMS[kind].formOf(fields.selecting(FORMS[kind].field))}\n`;
}

/** @returns the form that the clients of a variant get; undefined if its answer has one form */
export function formIn(key: string, primary: string): AnswerForm | undefined {
  for (const kind of KINDS) {
    const line = `\n${nameOf(kind)}:`;
    const at = key.indexOf(line, primary.length);
    if (at >= 0) return key.slice(at + line.length, key.indexOf('\n', at + line.length)) as AnswerForm;
  }
  return undefined;
}

/** Three classes for all values of Accept, so that no client can have a form of its own stored. */
function imageFormIn(accept = ''): AnswerForm {
  const webp = accepts(accept, 'image/webp');
  return webp && accepts(accept, 'image/avif') ? 'avif' : webp ? 'webp' : 'plain';
}

/** Named, and not with weight 0 (RFC 9110 section 12.5.1). Ranges don't count: old browsers send `image/*`, too. */
function accepts(accept: string, type: string): boolean {
  return accept
    .toLowerCase()
    .split(',')
    .map((member) => member.split(';').map((part) => part.trim()))
    .some(([name, ...parameters]) => name === type && !parameters.some((each) => /^q=0(?:\.0*)?$/.test(each)));
}
