import type { RawHeaders } from '@slipstream/http';

/** Field values by name in lower case; the lines of one field are one list (RFC 9110 section 5.3). */
export type Fields = ReadonlyMap<string, string>;

/** Reads a flat list once, so that every rule after it is a look-up. Cookie lines are joined by their own separator (RFC 6265 section 5.4). */
export function fieldsOf(rawHeaders: RawHeaders): Fields {
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    const value = rawHeaders[i + 1] as string;
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`);
  }
  return fields;
}
