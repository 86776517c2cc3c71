import { isLocalExhaustion, LocalResourcesError, NoHealthyBackendsError } from '@slipstream/balancer';
import { messageOf, SlipstreamError } from '@slipstream/contracts';
import { Http1Error } from '@slipstream/http1';
import { isHeadersTimeout } from '@slipstream/upstream';
import { ModelError } from './model-error.js';

const NOT_CONNECTED: ReadonlySet<string> = new Set(['http1_connect_failed', 'http1_connect_timeout']);

/** Whether connecting to the server failed, so that it did not receive the request. */
export const isUnreachable = (error: unknown): boolean => error instanceof Http1Error && NOT_CONNECTED.has(error.code);

/** Returns the error of a call without an answer, in the terms of this library's callers. */
export function toCallError(backend: string, error: unknown): SlipstreamError {
  if (error instanceof SlipstreamError && !(error instanceof Http1Error)) return error;
  const options = { cause: error, context: { backend, reason: messageOf(error) } };
  if (isLocalExhaustion(error)) return new LocalResourcesError(backend, error);
  if (isUnreachable(error)) return new NoHealthyBackendsError('models', options);
  if (isHeadersTimeout(error))
    return new ModelError('model_first_token_timeout', 'The model did not answer in time; try again later.', options);
  return new ModelError('model_failed', 'The model broke off before its answer; try again.', options);
}
