import type { StoredResponse } from '../policy/stored-response.js';
import type { CacheRecord, CacheValue } from '../store/cache-record.js';
import { inOwnMemory } from '../store/in-own-memory.js';
import type { PurgePoint } from '../store/shared-store.port.js';

/** A record in the shared store. */
export interface SharedRecord {
  readonly record: CacheRecord;
  readonly purgePoint: PurgePoint;
}

/** Prefix of every record; the last byte is the version of the format. */
const MAGIC = Buffer.from('SLHC\x03', 'latin1');
const META_AT = MAGIC.length + 4;

/** Everything except the body. */
type Meta = Omit<CacheRecord, 'value'> & {
  readonly purgePoint: PurgePoint;
  readonly bodyBytes: number;
  readonly names?: readonly string[];
  readonly head?: Omit<StoredResponse, 'body'>;
};

/** Magic, length of the next part (32 bits), everything except the body as JSON, the body unchanged. */
export function encodeRecord({ record, purgePoint }: SharedRecord): Buffer {
  const { value, ...rest } = record;
  const body = value.type === 'response' ? value.response.body : Buffer.alloc(0);
  const meta: Meta = {
    ...rest,
    purgePoint,
    bodyBytes: body.length,
    ...(value.type === 'response' ? { head: headOf(value.response) } : { names: value.names }),
  };
  const text = Buffer.from(JSON.stringify(meta));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([MAGIC, length, text, body]);
}

function headOf({ body: _, ...head }: StoredResponse): Omit<StoredResponse, 'body'> {
  return head;
}

/** @returns undefined unless {@link encodeRecord} wrote the whole record, and its head can be sent to a client */
export function decodeRecord(bytes: Buffer): SharedRecord | undefined {
  if (bytes.length < META_AT || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const bodyAt = META_AT + bytes.readUInt32BE(MAGIC.length);
  const meta = bodyAt <= bytes.length ? parseMeta(bytes.toString('utf8', META_AT, bodyAt)) : undefined;
  if (!meta || bytes.length - bodyAt !== meta.bodyBytes) return undefined;
  const { purgePoint, bodyBytes, names, head, ...rest } = meta;
  const value = valueOf(names, head, inOwnMemory([bytes.subarray(bodyAt)], bodyBytes));
  return value && { record: { ...rest, value }, purgePoint };
}

function parseMeta(text: string): Meta | undefined {
  try {
    const meta: unknown = JSON.parse(text);
    return isMeta(meta) ? meta : undefined;
  } catch {
    return undefined;
  }
}

function valueOf(names: Meta['names'], head: Meta['head'], body: Buffer): CacheValue | undefined {
  if (names) return { type: 'vary', names };
  return head && { type: 'response', response: { ...head, body } };
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isFlag: Check = (value) => typeof value === 'boolean';
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const hasShape = (value: unknown, shape: Record<string, Check>): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(shape).every(([name, check]) => check((value as Record<string, unknown>)[name]));

/** Node refuses to send any other name (RFC 9110 sections 5.1 and 5.5). */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const isHeaders: Check = (value) =>
  Array.isArray(value) &&
  value.length % 2 === 0 &&
  value.every((text, i) => isText(text) && (i % 2 === 0 ? NAME : VALUE).test(text as string));

const HEAD: Record<string, Check> = {
  statusCode: (value) => Number.isInteger(value) && (value as number) >= 200 && (value as number) <= 999,
  headers: isHeaders,
  originTag: (value) => value === undefined || (isText(value) && VALUE.test(value as string)),
  answeredAt: isNumber,
  initialAgeMs: isNumber,
  freshUntil: isNumber,
  staleWhileRevalidateUntil: isNumber,
  staleIfErrorUntil: isNumber,
  mayBeStale: isFlag,
  needsValidation: isFlag,
  allowsCookie: isFlag,
  allowsAuthorization: isFlag,
};

const META: Record<string, Check> = {
  key: isText,
  primary: isText,
  url: isText,
  tags: isTexts,
  retainUntil: isNumber,
  bodyBytes: isNumber,
  purgePoint: (value) => hasShape(value, { epoch: isText, purges: isNumber }),
  names: (value) => value === undefined || isTexts(value),
  head: (value) => value === undefined || hasShape(value, HEAD),
};

const isMeta = (value: unknown): value is Meta => hasShape(value, META);
