import { connect } from 'node:tls';

/** RFC 9113 section 4.1. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const DATA = 0;
const HEADERS = 1;
const RESET = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const CONTINUATION = 9;
const END_STREAM = 1;
const END_HEADERS = 4;
/** RFC 9113 section 4.2. */
const MAX_FRAME_BYTES = 16 * 1024;

/** First frames of a client; it never acknowledges the server's settings. */
export const PREFACE = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(SETTINGS, 0, 0)]);
export const ACKNOWLEDGED = frame(SETTINGS, 1, 0);
export const PINGED = frame(PING, 0, 0, Buffer.alloc(8));

/** Returns a length or an index in the low bits of a first byte (RFC 7541 section 5.1). */
function integer(value: number, bits: number, first = 0): Buffer {
  const max = 2 ** bits - 1;
  if (value < max) return Buffer.from([first | value]);
  const bytes = [first | max];
  let rest = value - max;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

const text = (value: string): Buffer => Buffer.concat([integer(value.length, 7), Buffer.from(value, 'latin1')]);

/**
 * A literal field (RFC 7541 section 6.2).
 * @param isIndexed adds it to the dynamic table, as its newest entry
 */
export const literal = (name: string, value: string, isIndexed = false): Buffer =>
  Buffer.concat([Buffer.from([isIndexed ? 0x40 : 0]), text(name), text(value)]);

/** The newest entry of the dynamic table, in one byte (RFC 7541 section 6.1). */
export const NEWEST = Buffer.from([0x80 | 62]);

/** `GET / https`, authority `a`; for another path use another. */
export const getFields = (path = '/', method = 'GET'): Buffer =>
  Buffer.concat([
    literal(':method', method),
    literal(':scheme', 'https'),
    literal(':authority', 'a'),
    literal(':path', path),
  ]);

/** The header of a request, in as many frames as it needs. */
export function headers(stream: number, fields: Uint8Array, { isEnd = true } = {}): Buffer {
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < fields.length; from += MAX_FRAME_BYTES)
    pieces.push(fields.subarray(from, from + MAX_FRAME_BYTES));
  const frames = pieces.map((piece, index) => {
    const flags = index === pieces.length - 1 ? END_HEADERS : 0;
    return index === 0
      ? frame(HEADERS, flags | (isEnd ? END_STREAM : 0), stream, piece)
      : frame(CONTINUATION, flags, stream, piece);
  });
  return Buffer.concat(frames);
}

export const data = (stream: number, bytes: Uint8Array, { isEnd = false } = {}): Buffer =>
  frame(DATA, isEnd ? END_STREAM : 0, stream, bytes);
/** The client opens no more streams, without an error (RFC 9113 section 6.8). */
export const LEAVING = frame(GOAWAY, 0, 0, Buffer.alloc(8));
export const reset = (stream: number): Buffer => frame(RESET, 0, stream, Buffer.from([0, 0, 0, 8]));

/** A connection with raw HTTP/2 frames; it has sent the preface. */
export async function rawHttp2(port: number, ca: string) {
  const socket = connect({ port, host: '127.0.0.1', ca, ALPNProtocols: ['h2'] });
  socket.on('error', () => {}); // close follows
  let received: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => (received = Buffer.concat([received, chunk])));
  await new Promise<void>((resolve) => void socket.once('secureConnect', resolve));
  socket.write(PREFACE);
  return { socket, frames: () => framesOf(received) };
}

/** Type, flags, stream and payload of every complete frame. */
function framesOf(bytes: Buffer): { type: number; flags: number; stream: number; payload: Buffer }[] {
  const frames = [];
  for (let at = 0; at + 9 <= bytes.length;) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    if (end > bytes.length) break;
    frames.push({
      type: bytes.readUInt8(at + 3),
      flags: bytes.readUInt8(at + 4),
      stream: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(at + 9, end),
    });
    at = end;
  }
  return frames;
}
