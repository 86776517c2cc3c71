import type { RawHeaders } from '@slipstream/http';

/** Field values by name in lower case; the lines of one field are one list (RFC 9110 section 5.3). */
export interface Fields {
  get(name: string): string | undefined;
  has(name: string): boolean;
}

/** Parses a whole flat list, so that all later look-ups are cheap. For answers, which need many look-ups once. */
export function fieldsOf(rawHeaders: RawHeaders): Fields {
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    fields.set(name, joined(name, fields.get(name), rawHeaders[i + 1] as string));
  }
  return fields;
}

/** Cookie lines have their own separator (RFC 6265 section 5.4). */
const joined = (name: string, before: string | undefined, value: string): string =>
  before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`;

/** Searches a flat list at each look-up. For requests: a hit needs few fields, most of which are absent. */
export class RawFields implements Fields {
  constructor(private readonly rawHeaders: RawHeaders) {}

  get(name: string): string | undefined {
    const { rawHeaders } = this;
    let value: string | undefined;
    for (let i = 0; i + 1 < rawHeaders.length; i += 2)
      if (isNamed(rawHeaders[i] as string, name)) value = joined(name, value, rawHeaders[i + 1] as string);
    return value;
  }

  has(name: string): boolean {
    const { rawHeaders } = this;
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) if (isNamed(rawHeaders[i] as string, name)) return true;
    return false;
  }
}

/** Compares the length first, which rules out nearly all names. */
const isNamed = (written: string, name: string): boolean =>
  written.length === name.length && (written === name || written.toLowerCase() === name);
