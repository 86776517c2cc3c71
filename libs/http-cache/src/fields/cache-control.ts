import { splitList } from './list.js';

/** Directives by name in lower case; a directive without an argument has the value undefined. */
export type Directives = ReadonlyMap<string, string | undefined>;

const DIRECTIVE = /^([!#$%&'*+.^_`|~0-9a-z-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?$/i;

const NONE: Directives = new Map();

/**
 * Parses Cache-Control (RFC 9111 section 5.2). Token and quoted form of an argument are equal. Malformed parts are
 * skipped. Of a repeated directive the first counts (section 4.2.1).
 */
export function parseCacheControl(value: string | undefined): Directives {
  if (value === undefined) return NONE;
  const directives = new Map<string, string | undefined>();
  for (const member of splitList(value)) {
    const [, name = '', quoted, token] = DIRECTIVE.exec(member) ?? [];
    if (name === '' || directives.has(name.toLowerCase())) continue;
    directives.set(name.toLowerCase(), quoted === undefined ? token : quoted.replace(/\\(.)/g, '$1'));
  }
  return directives;
}
