import type { StoredResponse } from '../policy/stored-response.js';
import type { CacheRecord, CacheValue } from './cache-record.js';

/** Smaller bodies are packed with their record. A larger one stays a separate buffer. */
const MAX_BODY_BYTES = 16 * 1024;

/**
 * Positions in a packed record: lengths, the head of an answer, its times as 64-bit numbers; then its names as JSON,
 * the list as JSON, the body.
 */
const AT = { namesBytes: 0, listBytes: 4, bodyBytes: 8, statusCode: 12, flags: 14, times: 16, names: 64 } as const;
const TIME_BYTES = 8;

const FLAG = { isResponse: 1, mayBeStale: 2, needsValidation: 4, allowsCookie: 8, allowsAuthorization: 16 } as const;

/** The properties by which a record is found and purged. */
export type RecordNames = Pick<CacheRecord, 'key' | 'primary' | 'url' | 'tags'>;
/** Empty if the URL and the primary key of the record equal its key, and it has no tags. */
type WrittenNames = readonly [url: string, primary: string, tags: readonly string[]];

const NO_BODY = Buffer.alloc(0);
const NO_TAGS: readonly string[] = [];
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

/** @returns the body of a record that {@link packRecord} leaves out */
export const bodyApart = ({ value }: CacheRecord): Buffer | undefined =>
  value.type === 'response' && value.response.body.length > MAX_BODY_BYTES ? value.response.body : undefined;

/** @returns a record as bytes, without its key and without a large body; valid until the next call */
export function packRecord(record: CacheRecord): Buffer {
  const { retainUntil, value } = record;
  const names = namesText(record);
  const list = JSON.stringify(value.type === 'response' ? fieldsAndTag(value.response) : value.names);
  const body = value.type === 'response' && !bodyApart(record) ? value.response.body : NO_BODY;
  const most = AT.names + (names.length + list.length) * 3 + body.length;
  if (most > scratch.length) scratch = Buffer.allocUnsafeSlow(most);
  const listAt = AT.names + scratch.write(names, AT.names);
  const bodyAt = listAt + scratch.write(list, listAt);
  scratch.writeUInt32LE(listAt - AT.names, AT.namesBytes);
  scratch.writeUInt32LE(bodyAt - listAt, AT.listBytes);
  scratch.writeUInt32LE(body.length, AT.bodyBytes);
  scratch.writeUInt16LE(value.type === 'response' ? flagsOf(value.response) : 0, AT.flags);
  scratch.writeDoubleLE(retainUntil, AT.times);
  if (value.type === 'response') writeHead(scratch, value.response);
  body.copy(scratch, bodyAt);
  return scratch.subarray(0, bodyAt + body.length);
}

function namesText({ key, url, primary, tags }: CacheRecord): string {
  if (url === key && primary === key && tags.length === 0) return '';
  return JSON.stringify([url, primary, tags] satisfies WrittenNames);
}

/** The origin's tag follows the fields, whose names and values are even in number. */
const fieldsAndTag = ({ headers, originTag }: StoredResponse): readonly string[] =>
  originTag === undefined ? headers : [...headers, originTag];

const flagsOf = (head: StoredResponse): number =>
  FLAG.isResponse |
  (head.mayBeStale ? FLAG.mayBeStale : 0) |
  (head.needsValidation ? FLAG.needsValidation : 0) |
  (head.allowsCookie ? FLAG.allowsCookie : 0) |
  (head.allowsAuthorization ? FLAG.allowsAuthorization : 0);

function writeHead(into: Buffer, head: StoredResponse): void {
  into.writeUInt16LE(head.statusCode, AT.statusCode);
  into.writeDoubleLE(head.answeredAt, AT.times + TIME_BYTES);
  into.writeDoubleLE(head.initialAgeMs, AT.times + 2 * TIME_BYTES);
  into.writeDoubleLE(head.freshUntil, AT.times + 3 * TIME_BYTES);
  into.writeDoubleLE(head.staleWhileRevalidateUntil, AT.times + 4 * TIME_BYTES);
  into.writeDoubleLE(head.staleIfErrorUntil, AT.times + 5 * TIME_BYTES);
}

/** @returns the length of the packed record that {@link unpackNames} needs; the first 64 bytes contain it */
export const namesEnd = (bytes: Buffer): number => AT.names + bytes.readUInt32LE(AT.namesBytes);

export function unpackNames(key: string, bytes: Buffer): RecordNames {
  const end = namesEnd(bytes);
  if (end === AT.names) return { key, primary: key, url: key, tags: NO_TAGS };
  const [url, primary, tags] = JSON.parse(bytes.toString('utf8', AT.names, end)) as WrittenNames;
  return { key, primary, url, tags };
}

/**
 * @param bytes of {@link packRecord}; more may follow
 * @param apart the body that it left out
 */
export function unpackRecord(key: string, bytes: Buffer, apart: Buffer | undefined): CacheRecord {
  const listAt = namesEnd(bytes);
  const bodyAt = listAt + bytes.readUInt32LE(AT.listBytes);
  const list = JSON.parse(bytes.toString('utf8', listAt, bodyAt)) as readonly string[];
  const retainUntil = bytes.readDoubleLE(AT.times);
  return { ...unpackNames(key, bytes), retainUntil, value: valueOf(bytes, list, bodyAt, apart) };
}

function valueOf(bytes: Buffer, list: readonly string[], bodyAt: number, apart: Buffer | undefined): CacheValue {
  const flags = bytes.readUInt16LE(AT.flags);
  if ((flags & FLAG.isResponse) === 0) return { type: 'vary', names: list };
  const bodyBytes = bytes.readUInt32LE(AT.bodyBytes);
  const response: StoredResponse = {
    statusCode: bytes.readUInt16LE(AT.statusCode),
    ...(list.length % 2 === 0 ? { headers: list } : { headers: list.slice(0, -1), originTag: list.at(-1) }),
    body: apart ?? Buffer.from(bytes.subarray(bodyAt, bodyAt + bodyBytes)), // a copy
    answeredAt: bytes.readDoubleLE(AT.times + TIME_BYTES),
    initialAgeMs: bytes.readDoubleLE(AT.times + 2 * TIME_BYTES),
    freshUntil: bytes.readDoubleLE(AT.times + 3 * TIME_BYTES),
    staleWhileRevalidateUntil: bytes.readDoubleLE(AT.times + 4 * TIME_BYTES),
    staleIfErrorUntil: bytes.readDoubleLE(AT.times + 5 * TIME_BYTES),
    mayBeStale: (flags & FLAG.mayBeStale) !== 0,
    needsValidation: (flags & FLAG.needsValidation) !== 0,
    allowsCookie: (flags & FLAG.allowsCookie) !== 0,
    allowsAuthorization: (flags & FLAG.allowsAuthorization) !== 0,
  };
  return { type: 'response', response };
}
