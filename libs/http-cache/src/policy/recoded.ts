import { hash } from 'node:crypto';
import { fieldValue, filterHeaders, type RawHeaders } from '@slipstream/http';
import type { CacheRule } from './cache-rule.js';

/** Suffix of the entity tag of a stored answer whose coding is not the origin's. */
const MARK = '-slipstream.';

/** Marks a page whose references were rewritten. */
const REWRITTEN = 'cdn';

/** Prefix of an entity tag that the origin did not send. */
const OWN = '"slipstream-';

/** @returns the tag of an answer without a tag of the origin. @param digest of its content */
export const ownTag = (digest: string): string => `${OWN}${digest}"`;

/** Fields of an answer, and the entity tag that the origin sent for it. */
export interface Tagged {
  readonly headers: RawHeaders;
  /** Absent: the tag among the fields is the origin's, or the origin sent none. */
  readonly originTag?: string;
}

/**
 * Gives a success that all clients share an entity tag of its content. Tags of origins often change with each
 * deployment, because they derive from the times of files; clients would then load the same content again. A page keeps
 * the origin's tag, by which its parts are counted.
 *
 * @param headers ready to be stored
 */
export function withOwnTag(statusCode: number, headers: RawHeaders, body: Buffer, rule?: CacheRule): Tagged {
  const originTag = fieldValue(headers, 'etag');
  if (statusCode !== 200 || rule?.scope !== 'public') return { headers };
  if (originTag !== undefined && (isRecoded(originTag) || isPage(headers))) return { headers };
  const kept = filterHeaders(headers, (name) => name !== 'etag');
  return { headers: [...kept, 'ETag', ownTag(hash('sha256', body, 'base64url'))], originTag };
}

const isPage = (headers: RawHeaders): boolean => /^text\/html\b/i.test(fieldValue(headers, 'content-type') ?? '');

/** @returns the tag of another coding of the answer that has this tag (RFC 9110 section 8.8.3.3) */
export const recodedTag = (tag: string, coding: string): string => `${tag.slice(0, -1)}${MARK}${coding}"`;

/** @returns the tag by which the origin validates a stored answer; undefined if the origin sent none */
export const validatorOf = (stored: Tagged): string | undefined =>
  originTag(stored.originTag ?? fieldValue(stored.headers, 'etag'));

/** @returns the origin's tag of an answer that may be recoded; undefined if the origin sent none */
export function originTag(tag: string | undefined): string | undefined {
  if (tag === undefined || tag.startsWith(OWN)) return undefined;
  const at = tag.indexOf(MARK);
  return at < 0 || !tag.endsWith('"') ? tag : `${tag.slice(0, at)}"`;
}

/** @returns the tag of a page whose references were rewritten */
export const rewrittenTag = (tag: string): string => recodedTag(tag, REWRITTEN);

/** Whether the coding of an answer with this tag is the origin's, although its text may be rewritten. */
export const isOfOriginsCoding = (tag: string | undefined): boolean =>
  !isRecoded(tag?.replace(`${MARK}${REWRITTEN}`, ''));

/** Whether the bytes of the answer with this tag are not the origin's. */
export const isRecoded = (tag: string | undefined): boolean => tag?.includes(MARK) === true;

/** @returns the fields of an answer in the origin's coding, with the tag that the origin sent */
export function withOriginTag({ headers, originTag }: Required<Tagged>): string[] {
  return [...filterHeaders(headers, (name) => name !== 'etag'), 'ETag', originTag];
}

/** Fields of the origin that describe bytes other than the stored ones. */
const OF_OTHER_BYTES: ReadonlySet<string> = new Set([
  'content-type',
  'etag',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
]);

/** @returns the fields of a 304 that also apply to a recoded answer */
export const ofRecoded = (headers: RawHeaders): string[] => filterHeaders(headers, (name) => !OF_OTHER_BYTES.has(name));
