/** Formats that transformations write, by their first bytes. */
const SIGNATURES: readonly (readonly [type: string, pattern: RegExp])[] = [
  ['font/woff2', /^wOF2/],
  ['image/webp', /^RIFF....WEBP/s],
  ['image/avif', /^....ftypavif/s],
];

/** @returns undefined for any other format */
export function contentTypeOf(content: Uint8Array): string | undefined {
  const head = Buffer.from(content.subarray(0, 12)).toString('latin1');
  return SIGNATURES.find(([, pattern]) => pattern.test(head))?.[0];
}
