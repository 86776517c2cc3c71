import { hash } from 'node:crypto';
import { fieldValue, filterHeaders, type ContentCoding } from '@slipstream/http';
import { ownTag, recodedTag, type StoredResponse } from '@slipstream/http-cache';

const CODINGS: ReadonlySet<string> = new Set<ContentCoding>(['br', 'zstd', 'gzip']);
const isCoding = (coding: string): coding is ContentCoding => CODINGS.has(coding);

/** An answer with its body. */
export type WholeAnswer = Pick<StoredResponse, 'statusCode' | 'headers' | 'body'>;

/** @returns the coding of an answer; undefined: none */
export function codingOf({ headers }: WholeAnswer): ContentCoding | 'unknown' | undefined {
  const coding = fieldValue(headers, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (coding === 'identity') return undefined;
  return isCoding(coding) ? coding : 'unknown';
}

/** Fields that describe other bytes than those of the new form. */
const REPLACED: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'etag',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
]);

/** Another form of an answer. */
export interface Form {
  readonly body: Buffer;
  /** For Content-Encoding. Absent: none. */
  readonly coding?: string;
  /** For Content-Type. Absent: that of the answer. */
  readonly type?: string;
  /** Names the form in the entity tag: letters, digits, `.` and `-`. */
  readonly mark: string;
}

/** @returns the answer in another form, with an entity tag of its own */
export function recodedAnswer<Answer extends WholeAnswer>(
  response: Answer,
  { body, coding, type, mark }: Form,
): Answer {
  const { headers } = response;
  const tag = fieldValue(headers, 'etag') ?? ownTag(hash('sha256', response.body, 'base64url'));
  const kept = filterHeaders(headers, (name) => !REPLACED.has(name) && !(name === 'content-type' && type));
  const own = ['ETag', recodedTag(tag, mark), 'Content-Length', String(body.length)];
  if (coding !== undefined) own.push('Content-Encoding', coding);
  if (type !== undefined) own.push('Content-Type', type);
  return { ...response, headers: [...kept, ...own], body };
}
