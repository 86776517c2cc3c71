/** Field by which a network learns the tags of an answer. */
export type EdgeTagField = 'Surrogate-Key' | 'Cache-Tag';

const SEPARATORS: Readonly<Record<EdgeTagField, string>> = { 'Surrogate-Key': ' ', 'Cache-Tag': ',' };

/** Ends the tag of answers to users that are not known; no public answer is one. */
const UNKNOWN_USER = ':?';

/**
 * A tag as networks accept it: printable ASCII without space and comma. Other bytes are percent-encoded, so that two
 * tags never become one.
 */
export const edgeTag = (tag: string): string =>
  tag.replace(/[^\x21-\x24\x26-\x2b\x2d-\x7e]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );

/** @returns the value of the field; undefined: the answer has no tags */
export function edgeTagValue(field: EdgeTagField, tags: readonly string[]): string | undefined {
  const own = tags.filter((tag) => !tag.endsWith(UNKNOWN_USER));
  return own.length === 0 ? undefined : own.map(edgeTag).join(SEPARATORS[field]);
}
