import { PathTable } from './path-table.js';
import { readSegments } from './target-path.js';

/**
 * @param patterns see {@link PathTable}
 * @returns whether a target matches one of them, in any spelling that a server may read as such a path
 * @throws TypeError for a path that is no pattern
 */
export function pathMatcher(patterns: readonly string[]): (target: string) => boolean {
  const table = new PathTable<true>();
  for (const pattern of patterns) table.add(pattern, true);
  return (target) => table.find(readSegments(target)) !== undefined;
}
