/**
 * -weight / ln(u), with u uniform in (0, 1) by the hash. Each candidate has the greatest score in proportion to its
 * weight.
 */
export const scoreOf = (hash: number, weight: number): number => -weight / Math.log((hash + 0.5) / 2 ** 32);

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The finalizer of MurmurHash3: every bit of the input changes every bit of the result. */
export function mix(input: number): number {
  let bits = Math.imul(input ^ (input >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
