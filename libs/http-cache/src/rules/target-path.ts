/** The path of a request's target (origin form). */
export const pathOf = (target: string): string => {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
};

/** The query of a target with its question mark; empty if it has none. */
export const queryOf = (target: string): string => {
  const start = target.indexOf('?');
  return start < 0 ? '' : target.slice(start);
};

/**
 * Characters that every server reads alike: no escapes, backslashes or segment parameters, and no empty segment except
 * the last.
 */
const PLAIN = /^\/(?:[A-Za-z0-9._~!$&'()*+,=:@-]+\/)*[A-Za-z0-9._~!$&'()*+,=:@-]*$/;
const DOTS = /\/\.\.?(?:\/|$)/;

/**
 * The path by which an answer's rule is found. A path that two servers could read differently has none. Otherwise an
 * attacker could store a user's page as a public image (web cache deception, path confusion).
 *
 * @returns undefined for a path that is not plain
 */
export function plainSegments(target: string): readonly string[] | undefined {
  const path = pathOf(target);
  return PLAIN.test(path) && !DOTS.test(path) ? path.slice(1).split('/') : undefined;
}

/** The path by which the rule of a write is found, as any server might read it, so that no spelling hides a write. */
export function readSegments(target: string): readonly string[] {
  const segments: string[] = [];
  for (const segment of decoded(pathOf(target)).split(/[/\\]/).slice(1)) {
    if (segment === '..') segments.pop();
    else if (segment !== '.') segments.push(withoutParameters(segment));
  }
  return segments.filter((segment, i) => segment !== '' || i === segments.length - 1);
}

/** RFC 3986 section 3.3. */
function withoutParameters(segment: string): string {
  const end = segment.indexOf(';');
  return end < 0 ? segment : segment.slice(0, end);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Whether the query of a target has a parameter of this name. */
export function hasParameter(target: string, name: string): boolean {
  const query = queryOf(target);
  return query !== '' && new URLSearchParams(query).has(name);
}
