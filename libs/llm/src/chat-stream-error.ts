import { z } from 'zod';
import { ModelError, type ModelErrorCode } from './model-error.js';

const MAX_DETAIL_CHARS = 500;

const code = z.union([z.string(), z.number()]).nullish();
const described = z.object({ message: z.string().nullish(), code, type: z.string().nullish() });
const errorFrame = z.object({
  error: z.union([z.string(), described]).nullish(),
  object: z.string().nullish(),
  type: z.string().nullish(),
  message: z.string().nullish(),
  detail: z.unknown().optional(),
  error_code: code,
  code,
});

/** Whether a parsed event reports an error, in one of the shapes of model servers. */
export function isErrorFrame(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  const frame = data as Record<string, unknown>;
  const hasError = (frame.error ?? frame.error_code ?? null) !== null;
  return hasError || frame.object === 'error' || frame.type === 'error';
}

/** Returns the error of such an event. @param data parsed, or the text that was not JSON */
export function errorOfFrame(data: unknown): ModelError {
  const frame = errorFrame.safeParse(data).data;
  const inner = typeof frame?.error === 'object' ? frame.error : undefined;
  const detail = [
    typeof data === 'string' ? data : undefined,
    typeof frame?.error === 'string' ? frame.error : undefined,
    inner?.message,
    frame?.message,
    frame?.detail,
  ].find((text) => typeof text === 'string' && text !== '');
  const said = detail === undefined ? '' : `: ${String(detail).slice(0, MAX_DETAIL_CHARS)}`;
  const reason = inner?.code ?? frame?.error_code ?? frame?.code;
  return new ModelError(
    codeFor(reason, inner?.type ?? undefined),
    `The model server reported an error within its answer${said}`,
    { context: { reason: reason ?? inner?.type } },
  );
}

/** As with the status of a response: an invalid request stays invalid. */
function codeFor(reason: string | number | null | undefined, type: string | undefined): ModelErrorCode {
  const status = Number(reason);
  if (status === 429 || reason === 'rate_limit_exceeded' || type === 'rate_limit_error') return 'model_rate_limited';
  if (
    reason === 'content_filter' ||
    reason === 'context_length_exceeded' ||
    type === 'invalid_request_error' ||
    type === 'BadRequestError'
  )
    return 'model_rejected';
  return status >= 400 && status < 500 && status !== 408 ? 'model_rejected' : 'model_failed';
}
