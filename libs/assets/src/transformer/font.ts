/** `sfnt` of TrueType, of OpenType, and of Apple. Collections (`ttcf`) are left as they are. */
const SFNT: ReadonlySet<string> = new Set(['00010000', '4f54544f', '74727565']);
/** Brotli 11 in WebAssembly takes some seconds per MiB. */
const MAX_BYTES = 2 * 1024 * 1024;

/** @returns the font as WOFF2; undefined for any other file, and for large fonts @throws Error for a damaged font */
export async function smallerFont(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  if (bytes.length > MAX_BYTES || !SFNT.has(Buffer.from(bytes.subarray(0, 4)).toString('hex'))) return undefined;
  const { compress } = await import('woff2-encoder');
  return compress(bytes);
}
