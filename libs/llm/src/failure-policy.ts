import { isClosed, isHeadersTimeout, isRefusedHere, type FailedTry, type NextTry } from '@slipstream/upstream';

/** Of our key: unauthorized and forbidden. Of the load: too many requests. */
const OF_THE_SERVER: ReadonlySet<number> = new Set([401, 403, 429]);
/** Of one model: not found, although the server lists it. */
const OF_THE_MODEL = 404;

/** Whether an answer is a failure of its server for every model. Clients can't cause these. */
export const isServerError = (statusCode: number): boolean => statusCode >= 500 || OF_THE_SERVER.has(statusCode);

/** Whether another server may answer better. */
export const isDeclined = (statusCode: number): boolean => isServerError(statusCode) || statusCode === OF_THE_MODEL;

/**
 * Decides what follows a try without an answer: another server, each at most once. That is safe while no part of an
 * answer was forwarded. If an idle connection closed, and no other server has the model, the same server is tried once
 * more. A timeout has used up the caller's time.
 */
export function nextModelTry({ error, wasResent }: FailedTry): NextTry {
  if (isRefusedHere(error) || isHeadersTimeout(error)) return 'none';
  return isClosed(error) && !wasResent ? 'any' : 'another';
}
