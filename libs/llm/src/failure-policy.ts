import { isClosed, isHeadersTimeout, isRefusedHere, type FailedTry, type NextTry } from '@slipstream/upstream';

/** Of our key: unauthorized and forbidden. Of the load: too many requests. */
const OF_THE_SERVER: ReadonlySet<number> = new Set([401, 403, 429]);
/** Of one model: not found, although the server lists it. */
const OF_THE_MODEL = 404;

/** Whether an answer counts as an error of its server, whatever the model. A client can't cause these. */
export const isServerError = (statusCode: number): boolean => statusCode >= 500 || OF_THE_SERVER.has(statusCode);

/** Whether another server may answer better. */
export const isDeclined = (statusCode: number): boolean => isServerError(statusCode) || statusCode === OF_THE_MODEL;

/**
 * What may follow a try without an answer: another server, each at most once. That is safe while nothing of an answer
 * has been passed on. If a connection closed, which may have been idle for long, and no other server has the model, the
 * same one is asked once more. A silence has used up the caller's time.
 */
export function nextModelTry({ error, wasResent }: FailedTry): NextTry {
  if (isRefusedHere(error) || isHeadersTimeout(error)) return 'none';
  return isClosed(error) && !wasResent ? 'any' : 'another';
}
