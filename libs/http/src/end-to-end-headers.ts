/**
 * Fields for one connection only (RFC 9110 section 7.6.1). Proxy-Authenticate and Proxy-Authorization are for the
 * nearest proxy (section 11.7). Trailer announces fields that are not forwarded.
 */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Header fields in the raw form of Node: name, value, name, value, … with repetitions, in their order. */
export type RawHeaders = readonly string[];

/** @returns the fields for which `isKept` returns true; it gets the name in lower case */
export function filterHeaders(rawHeaders: RawHeaders, isKept: (name: string, value: string) => boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i] as string, rawHeaders[i + 1] as string];
    if (isKept(name.toLowerCase(), value)) kept.push(name, value);
  }
  return kept;
}

/**
 * The fields that may be forwarded: all except the fields for one connection, and those that the sender names in
 * Connection (RFC 9110 section 7.6.1). Add our own fields after this call, so that a sender can't remove them.
 */
export const endToEndHeaders = (rawHeaders: RawHeaders): string[] =>
  filterHeaders(rawHeaders, endToEndRule(rawHeaders));

/**
 * @returns a function that decides by the name in lower case whether a field may be forwarded, for callers with further
 *   rules
 */
export function endToEndRule(rawHeaders: RawHeaders): (name: string) => boolean {
  const named = namedByConnection(rawHeaders);
  return named === undefined ? isEndToEnd : (name) => isEndToEnd(name) && !named.has(name);
}

const isEndToEnd = (name: string): boolean => !HOP_BY_HOP.has(name);

/** Compared first, because this runs for every request and answer, and few names have this length. */
const CONNECTION_LENGTH = 'connection'.length;

/** Options that name no field, or a field that is dropped in any case. Nearly every sender uses only these. */
const NAMING_NOTHING = /^(?:keep-alive|close|upgrade)$/i;

/** @returns undefined if Connection names no field that would otherwise be forwarded */
function namedByConnection(rawHeaders: RawHeaders): ReadonlySet<string> | undefined {
  let named: Set<string> | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i] as string, rawHeaders[i + 1] as string];
    if (name.length !== CONNECTION_LENGTH || name.toLowerCase() !== 'connection' || NAMING_NOTHING.test(value))
      continue;
    named ??= new Set();
    for (const option of value.split(',')) named.add(option.trim().toLowerCase());
  }
  return named;
}
