/**
 * Fields that mean one connection only (RFC 9110 section 7.6.1). Proxy-Authenticate and Proxy-Authorization are meant
 * for the nearest proxy (section 11.7), Trailer announces what is not passed on.
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

/**
 * Header fields as Node and undici list them raw: name, value, name, value, … with repetitions and order kept.
 */
export type RawHeaders = readonly string[];

/** @returns the fields that `isKept` says yes to; it is given the name in lower case */
export function filterHeaders(rawHeaders: RawHeaders, isKept: (name: string, value: string) => boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i] as string, rawHeaders[i + 1] as string];
    if (isKept(name.toLowerCase(), value)) kept.push(name, value);
  }
  return kept;
}

/**
 * The fields that may travel on: without those that mean this connection only, and without those that the sender names
 * in Connection (RFC 9110 section 7.6.1). Add fields of our own after this, so that a sender can't name them away.
 */
export const endToEndHeaders = (rawHeaders: RawHeaders): string[] =>
  filterHeaders(rawHeaders, endToEndRule(rawHeaders));

/**
 * @returns which of these fields may travel on, by name in lower case; for who copies them by more rules than this one
 */
export function endToEndRule(rawHeaders: RawHeaders): (name: string) => boolean {
  const named = namedByConnection(rawHeaders);
  return named === undefined ? isEndToEnd : (name) => isEndToEnd(name) && !named.has(name);
}

const isEndToEnd = (name: string): boolean => !HOP_BY_HOP.has(name);

/** Compared first: this runs for every request and every answer, and few names are of this length. */
const CONNECTION_LENGTH = 'connection'.length;

/** Options that name no field, or one that is left out in any case: what nearly every sender says. */
const NAMING_NOTHING = /^(?:keep-alive|close|upgrade)$/i;

/** @returns undefined when no field is named that would travel on otherwise */
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
