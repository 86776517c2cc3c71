/** RFC 9113 section 6. */
export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

/** RFC 9113 section 3.4. */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** All text is Latin-1: one character is one byte. */
export const bytesOf = (value: number, length: number): string =>
  Array.from({ length }, (_, i) => String.fromCharCode(Math.floor(value / 256 ** (length - 1 - i)) % 256)).join('');

export const frame = (type: number, flags: number, streamId: number, payload = ''): string =>
  bytesOf(payload.length, 3) + bytesOf(type, 1) + bytesOf(flags, 1) + bytesOf(streamId, 4) + payload;

/** An integer behind a prefix of so many bits (RFC 7541 section 5.1). */
function integer(prefix: number, bits: number, value: number): string {
  const max = 2 ** bits - 1;
  if (value < max) return bytesOf(prefix | value, 1);
  let text = bytesOf(prefix | max, 1);
  for (let rest = value - max; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return text + bytesOf(rest, 1);
    text += bytesOf((rest % 128) | 128, 1);
  }
}

const literal = (text: string): string => integer(0, 7, text.length) + text;

/**
 * A field as HPACK has it (RFC 7541 section 6): `indexed` refers to a table, the others spell it out, and `added` puts
 * it into the table.
 */
export const hpack = {
  indexed: (index: number): string => integer(0x80, 7, index),
  added: (name: string, value: string): string => integer(0x40, 6, 0) + literal(name) + literal(value),
  plain: (name: string, value: string): string => integer(0x00, 4, 0) + literal(name) + literal(value),
  never: (name: string, value: string): string => integer(0x10, 4, 0) + literal(name) + literal(value),
  tableSize: (size: number): string => integer(0x20, 5, size),
};

/** A setting (RFC 9113 section 6.5.1). */
export const setting = (id: number, value: number): string => bytesOf(id, 2) + bytesOf(value, 4);
