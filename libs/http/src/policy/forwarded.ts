/** One parameter, its name in lower case (RFC 7239 section 4). */
type Parameter = readonly [name: string, value: string];

/**
 * token "=" ( token / quoted-string ), or a separator. Colons and brackets are not token characters, but many senders
 * omit their quotes.
 */
const PART = /\s*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=("(?:[^"\\]|\\.)*"|[^\s",;]*)|([;,])|$)/y;

/** The elements of Forwarded. @returns undefined if it is malformed */
export function parseForwarded(value: string): Parameter[][] | undefined {
  const elements: Parameter[][] = [[]];
  PART.lastIndex = 0;
  while (PART.lastIndex < value.length) {
    const match = PART.exec(value);
    if (match === null) return undefined;
    const [whole, name, text = '', separator] = match;
    if (whole === '') break;
    if (name !== undefined)
      elements
        .at(-1)
        ?.push([name.toLowerCase(), text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text]);
    else if (separator === ',') elements.push([]);
  }
  return elements;
}
