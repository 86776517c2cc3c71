import { splitList } from './list.js';

const opaque = (tag: string): string => tag.replace(/^W\//i, '');

/**
 * Weak comparison, for If-None-Match (RFC 9110 sections 8.8.3.2 and 13.1.2).
 * @param list `*` or entity tags
 */
export const matchesWeakly = (list: string, etag: string): boolean =>
  list.trim() === '*' || splitList(list).some((tag) => opaque(tag) === opaque(etag));

/** Strong comparison, for If-Range (RFC 9110 section 13.1.5). */
export const matchesStrongly = (tag: string, etag: string): boolean => tag === etag && tag.startsWith('"');
