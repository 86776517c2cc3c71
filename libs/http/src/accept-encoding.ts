/** Content codings that Slipstream produces, the one with the smallest output first. */
const CODINGS = ['br', 'zstd', 'gzip'] as const;
export type ContentCoding = (typeof CODINGS)[number];

const MAX_REMEMBERED = 500;
const MAX_REMEMBERED_LENGTH = 200;
/** All browsers of one kind send the same value, which is therefore parsed once. */
const remembered = new Map<string, readonly ContentCoding[]>();

/**
 * @param value of Accept-Encoding (RFC 9110 section 12.5.3)
 * @returns the codings that the client accepts, the preferred one first: by weight, then by size
 */
export function acceptedCodings(value: string): readonly ContentCoding[] {
  const known = remembered.get(value);
  if (known) return known;
  const weights = weightsIn(value);
  const weightOf = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0;
  const accepted = CODINGS.filter((coding) => weightOf(coding) > 0).sort((a, b) => weightOf(b) - weightOf(a));
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  if (value.length <= MAX_REMEMBERED_LENGTH) remembered.set(value, accepted);
  return accepted;
}

/**
 * One form for all values that accept the same codings in the same order, so that no spelling creates another cache
 * entry. There are 16 forms; a client that accepts none of the codings gets `identity`.
 */
export const canonicalAcceptEncoding = (value: string): string =>
  acceptedCodings(value)
    .map((coding, rank) => (rank === 0 ? coding : `${coding};q=0.${9 - rank}`))
    .join(', ') || 'identity';

function weightsIn(value: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const member of value.toLowerCase().split(',')) {
    const [name = '', ...parameters] = member.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    weights.set(name === 'x-gzip' ? 'gzip' : name, weight === undefined ? 1 : Number(weight) || 0);
  }
  return weights;
}
