/** Name and value as sent, in the order sent. */
export type Field = readonly [name: string, value: string];

/** RFC 9110 section 5.6.2. */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 section 5.5, without the white space around it. */
const FIELD_VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** Bytes that nobody can agree on. */
export class AmbiguousMessageError extends Error {}

/** @throws AmbiguousMessageError when another reader could see other fields here */
export function readField(line: string): Field {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
  if (colon < 0 || !TOKEN.test(name)) throw new AmbiguousMessageError(`field name in ${JSON.stringify(line)}`);
  if (!FIELD_VALUE.test(value)) throw new AmbiguousMessageError(`field value in ${JSON.stringify(line)}`);
  return [name, value];
}

/** Values of all fields of a name. @param name in lower case */
export const valuesOf = (fields: readonly Field[], name: string): string[] =>
  fields.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value);

/** How the end of a message's content is known. */
export type Framing = { type: 'none' } | { type: 'chunked' } | { type: 'length'; length: number };

/**
 * @returns what Content-Length or Transfer-Encoding say, in the one form in which no two readers differ (RFC 9112
 * section 6)
 * @throws AmbiguousMessageError for every other form
 */
export function framingOf(fields: readonly Field[]): Framing {
  const lengths = valuesOf(fields, 'content-length');
  const codings = valuesOf(fields, 'transfer-encoding');
  if (lengths.length + codings.length > 1)
    throw new AmbiguousMessageError(`content delimited by ${[...lengths, ...codings].join(' and ')}`);
  const [length, coding] = [lengths[0], codings[0]];
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked')
      throw new AmbiguousMessageError(`transfer coding ${JSON.stringify(coding)}`);
    return { type: 'chunked' };
  }
  if (length === undefined) return { type: 'none' };
  if (!/^(?:0|[1-9]\d{0,14})$/.test(length))
    throw new AmbiguousMessageError(`content length ${JSON.stringify(length)}`);
  return { type: 'length', length: Number(length) };
}

/** Content in chunks, and where it ends; undefined while its end is not here. @throws AmbiguousMessageError */
export function readChunks(bytes: string, from: number): { content: string; end: number } | undefined {
  let content = '';
  for (let at = from; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = bytes.slice(at, lineEnd);
    if (!/^[0-9a-f]{1,8}$/i.test(size)) throw new AmbiguousMessageError(`chunk size ${JSON.stringify(size)}`);
    const dataEnd = lineEnd + 2 + parseInt(size, 16);
    if (bytes.length < dataEnd + 2) return undefined;
    if (bytes.slice(dataEnd, dataEnd + 2) !== '\r\n')
      throw new AmbiguousMessageError(
        `chunk of ${size} (or a trailer) ends with ${JSON.stringify(bytes.slice(dataEnd, dataEnd + 2))}`,
      );
    content += bytes.slice(lineEnd + 2, dataEnd);
    at = dataEnd + 2;
    if (dataEnd === lineEnd + 2) return { content, end: at };
  }
}
