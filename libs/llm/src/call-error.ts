import { isOwnFault, LocalResourcesError, NoHealthyBackendsError } from '@slipstream/balancer';
import { messageOf, type SlipstreamError } from '@slipstream/contracts';
import { ModelError } from './model-error.js';

/** What undici and Node report when no connection could be made, so that the server never saw the request. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/**
 * Whether no connection could be made, and this machine is not at fault: of several addresses, Node reports the first
 * one's code.
 */
export const isUnreachable = (error: unknown): boolean => !isOwnFault(error) && UNREACHABLE.has(String(codeOf(error)));

/** Whether the server took the request and then kept silent until `headersTimeoutMs`. */
export const isHeadersTimeout = (error: unknown): boolean => codeOf(error) === 'UND_ERR_HEADERS_TIMEOUT';

/** The error of a call that got no answer, as callers of this library know it. */
export function toCallError(error: unknown, backend: string): SlipstreamError {
  const options = { cause: error, context: { backend } };
  if (isOwnFault(error)) return new LocalResourcesError(backend, error);
  if (isUnreachable(error)) return new NoHealthyBackendsError('models', options);
  if (isHeadersTimeout(error))
    return new ModelError(
      'model_first_token_timeout',
      'The model server took the request and sent nothing in time; try again later.',
      options,
    );
  return new ModelError(
    'model_failed',
    `The model server broke off before its answer (${messageOf(error)}); try again.`,
    options,
  );
}
