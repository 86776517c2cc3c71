import { callFailure } from '../network-call.js';
import { observe, type ObservedAnswer } from './observed-answer.js';

/** The result of a check of a file at the network. */
export type EdgeFinding =
  | { readonly type: 'good' }
  /** The origin itself does not answer, so nothing can be said of the network. */
  | { readonly type: 'unknown' }
  | { readonly type: 'unreachable' | 'wrong' | 'stale' | 'slow'; readonly reason: string };

/** A file, at the network and at the origin. */
export interface CheckedFile {
  readonly path: string;
  readonly edgeUrl: URL;
  readonly originUrl: URL;
  /** Host that the origin accepts. Absent: any. */
  readonly originHost?: string;
  /** How old a copy at the network may be that differs from the origin's. 0: the file never changes. */
  readonly maxStaleMs: number;
}

/** Limits of {@link checkEdge}. */
export interface EdgeCheckLimits {
  /** Of each of the two requests. */
  timeoutMs: number;
  /** A network that takes longer is slow, if the origin is faster. */
  slowMs: number;
}

const OK = 200;

/** Compares a file at the network with the origin's. It never rejects. */
export async function checkEdge(file: CheckedFile, { timeoutMs, slowMs }: EdgeCheckLimits): Promise<EdgeFinding> {
  const [edge, origin] = await Promise.all([
    observe(file.edgeUrl, timeoutMs).catch(callFailure),
    observe(file.originUrl, timeoutMs, { host: file.originHost }).catch(callFailure),
  ]);
  if (typeof origin === 'string' || origin.statusCode !== OK) return { type: 'unknown' };
  if (typeof edge === 'string') return { type: 'unreachable', reason: `${file.path} ${edge}` };
  if (edge.statusCode !== OK) return { type: 'unreachable', reason: `${file.path} answered ${edge.statusCode}` };
  return compared(file, edge, origin, slowMs);
}

function compared(
  { path, maxStaleMs }: CheckedFile,
  edge: ObservedAnswer,
  origin: ObservedAnswer,
  slowMs: number,
): EdgeFinding {
  if (edge.digest !== origin.digest) {
    const isOther = edge.contentType !== origin.contentType;
    if (isOther || maxStaleMs === 0) return { type: 'wrong', reason: `${path} differs from the origin's` };
    if (edge.ageMs === undefined || edge.ageMs > maxStaleMs)
      return { type: 'stale', reason: `${path} is older than its rule allows` };
  }
  if (edge.tookMs > slowMs && edge.tookMs > origin.tookMs)
    return { type: 'slow', reason: `${path} took ${Math.round(edge.tookMs)} ms` };
  return { type: 'good' };
}
