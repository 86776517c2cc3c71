import { PathTable } from './path-table.js';
import { readSegments } from './target-path.js';

/**
 * @param patterns see {@link PathTable}
 * @returns a function that tests whether a target matches one of them, in any spelling that a server may read as such a
 *   path
 * @throws TypeError for an invalid path pattern
 */
export function pathMatcher(patterns: readonly string[]): (target: string) => boolean {
  const table = new PathTable<true>();
  for (const pattern of patterns) table.add(pattern, true);
  return (target) => table.find(readSegments(target)) !== undefined;
}
