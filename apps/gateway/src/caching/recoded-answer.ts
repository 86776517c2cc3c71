import { hash } from 'node:crypto';
import { fieldValue, filterHeaders, type ContentCoding } from '@slipstream/http';
import { ownTag, recodedTag, type StoredResponse } from '@slipstream/http-cache';

const CODINGS: ReadonlySet<string> = new Set<ContentCoding>(['br', 'zstd', 'gzip']);
const isCoding = (coding: string): coding is ContentCoding => CODINGS.has(coding);

/** @returns the coding of an answer; undefined: none */
export function codingOf({ headers }: StoredResponse): ContentCoding | 'unknown' | undefined {
  const coding = fieldValue(headers, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (coding === 'identity') return undefined;
  return isCoding(coding) ? coding : 'unknown';
}

/** Fields that describe other bytes than those of the new coding. */
const REPLACED: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'etag',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
]);

/**
 * @param coding for Content-Encoding
 * @param body the content in this coding
 * @param mark of the form in the entity tag. Default: the coding
 * @returns the answer in another coding, with an entity tag of its own
 */
export function recodedAnswer(response: StoredResponse, coding: string, body: Buffer, mark = coding): StoredResponse {
  const { headers } = response;
  const tag = fieldValue(headers, 'etag') ?? ownTag(hash('sha256', response.body, 'base64url'));
  const kept = filterHeaders(headers, (name) => !REPLACED.has(name));
  const own = ['Content-Encoding', coding, 'ETag', recodedTag(tag, mark), 'Content-Length', String(body.length)];
  return { ...response, headers: [...kept, ...own], body };
}
