import { filterHeaders, type RawHeaders } from '@slipstream/http';

/** Suffix of the entity tag of a stored answer whose coding is not the origin's. */
const MARK = '-slipstream.';

/** Prefix of an entity tag that the origin did not send. */
const OWN = '"slipstream-';

/** @returns the tag of an answer without a tag of the origin. @param digest of its content */
export const ownTag = (digest: string): string => `${OWN}${digest}"`;

/** @returns the tag of another coding of the answer that has this tag (RFC 9110 section 8.8.3.3) */
export const recodedTag = (tag: string, coding: string): string => `${tag.slice(0, -1)}${MARK}${coding}"`;

/** @returns the origin's tag of an answer that may be recoded; undefined if the origin sent none */
export function originTag(tag: string | undefined): string | undefined {
  if (tag === undefined || tag.startsWith(OWN)) return undefined;
  const at = tag.lastIndexOf(MARK);
  return at < 0 || !tag.endsWith('"') ? tag : `${tag.slice(0, at)}"`;
}

/** Whether the coding of the answer with this tag is not the origin's. */
export const isRecoded = (tag: string | undefined): boolean => tag?.includes(MARK) === true;

/** Fields of the origin that describe bytes other than the stored ones. */
const OF_OTHER_BYTES: ReadonlySet<string> = new Set(['etag', 'content-md5', 'digest', 'content-digest', 'repr-digest']);

/** @returns the fields of a 304 that also apply to a recoded answer */
export const ofRecoded = (headers: RawHeaders): string[] => filterHeaders(headers, (name) => !OF_OTHER_BYTES.has(name));
