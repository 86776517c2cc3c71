import type { Problem } from '../api/problem.js';
import { ERRORS, statusOf, type ErrorCode } from './error-table.js';
import { SlipstreamError } from './slipstream-error.js';

/** The answer of an error. */
export interface ErrorAnswer<Body> {
  readonly status: number;
  readonly body: Body;
  /** Including the content type. */
  readonly headers: Readonly<Record<string, string>>;
}

/** OpenAI's shape of an error. */
interface OpenAiErrorBody {
  error: { message: string; type: string; param: string | null; code: ErrorCode };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  413: 'Content too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  417: 'Expectation failed',
  421: 'Misdirected request',
  422: 'Unprocessable content',
  429: 'Too many requests',
  431: 'Request header fields too large',
  500: 'Internal error',
  501: 'Not implemented',
  502: 'Bad gateway',
  503: 'Service unavailable',
  504: 'Gateway timeout',
  508: 'Loop detected',
};

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
};

/** The title of a status in a problem document. */
const titleOf = (status: number): string => TITLES[status] ?? 'Error';

/**
 * Renders a problem document (RFC 9457).
 * @param requestId absent if no id exists
 */
export function toProblem(thrown: unknown, requestId?: string): ErrorAnswer<Problem> {
  const error = tellable(thrown);
  const status = statusOf(error.code);
  const body: Problem = {
    type: 'about:blank',
    title: titleOf(status),
    status,
    code: error.code,
    detail: error.message,
    ...(requestId !== undefined && { requestId }),
    ...(error.fields && { errors: [...error.fields] }),
  };
  return { status, body, headers: { 'content-type': 'application/problem+json', ...headersOf(error, status) } };
}

/** Renders OpenAI's shape, for `/v1`. */
export function toOpenAiError(thrown: unknown): ErrorAnswer<OpenAiErrorBody> {
  const { code, message, param = null, ...error } = tellable(thrown);
  const status = statusOf(code);
  const type = OPENAI_TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'server_error');
  const headers = { 'content-type': 'application/json', ...headersOf(error, status) };
  return { status, body: { error: { message, type, param, code } }, headers };
}

/** The message of a foreign or internal error may contain an address, a query or a secret. */
function tellable(thrown: unknown): SlipstreamError {
  const isTellable = thrown instanceof SlipstreamError && ERRORS[thrown.code].status !== undefined;
  return isTellable ? thrown : new SlipstreamError('internal_error');
}

const headersOf = (
  { retryAfterSeconds, headers }: Pick<SlipstreamError, 'retryAfterSeconds' | 'headers'>,
  status: number,
): Record<string, string> => ({
  'cache-control': 'no-store',
  ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  ...(status === 401 && { 'www-authenticate': 'Bearer realm="slipstream"' }),
  ...headers,
});
