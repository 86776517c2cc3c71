import type { ServerResponse } from 'node:http';
import { HttpException } from '@nestjs/common';
import {
  ConflictError,
  DependencyUnavailableError,
  InvalidInputError,
  NotFoundError,
  SlipstreamError,
  type Problem,
} from '@slipstream/contracts';
import { ALLOWED_METHODS, RefusedRequestError, breakOff } from '@slipstream/http';
import { AccessError } from '@slipstream/access';

/** A problem document and the headers that go with it. */
export interface ProblemAnswer {
  problem: Problem;
  headers: Record<string, string>;
}

/** Which status an error of ours has. The first class that fits decides; what no row names is our own fault, 500. */
const STATUS_BY_CLASS: readonly [new (...args: never[]) => SlipstreamError, number][] = [
  [NotFoundError, 404],
  [InvalidInputError, 400],
  [DependencyUnavailableError, 503],
];

/** Codes whose status is not their class's. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  idempotency_key_reused: 422,
  chat_contended: 503,
  invalid_queue: 404,
  queue_full: 503,
  too_many_subscribers: 503,
  no_healthy_backends: 503,
  pool_busy: 503,
  local_resources_exhausted: 503,
  backend_unreachable: 502,
  backend_bad_answer: 502,
  backend_timeout: 504,
  request_loop: 508,
};

/** Fastify's own refusals, by its error code. */
const FASTIFY_PROBLEMS: Readonly<Record<string, [status: number, code: string, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    413,
    'body_too_large',
    'The request body is larger than this server accepts (listen.maxBodyBytes).',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'invalid_json', 'The request body is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'invalid_json', 'The request says that it carries JSON, but its body is empty.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    400,
    'invalid_content_length',
    'The request body is not as long as Content-Length says.',
  ],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'url_too_long', 'A part of the path is longer than this server accepts.'],
  FST_ERR_BAD_URL: [400, 'invalid_url', 'The path is not a valid URL path; check its percent escapes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'unsupported_media_type', 'Send the request body as application/json.'],
};

/** Nest's and Fastify's refusals that carry no code of ours. */
const CODE_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'bad_request',
  404: 'route_not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
};

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
  431: 'Request header fields too large',
  500: 'Internal error',
  501: 'Not implemented',
  502: 'Bad gateway',
  503: 'Service unavailable',
  504: 'Gateway timeout',
  508: 'Loop detected',
};

/** Bad fields of a request, each named: raised where a schema refuses. */
export class InvalidFieldsError extends InvalidInputError {
  constructor(readonly errors: { path: string; message: string }[]) {
    super(
      'invalid_request',
      `The request is not valid: ${errors.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
    );
  }
}

/** The one place where errors become HTTP (RFC 9457). Errors that are not ours show nothing of themselves. */
export function toProblem(error: unknown, requestId: string): ProblemAnswer {
  const [status, code, detail] = classify(error);
  const problem: Problem = {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    code,
    detail,
    requestId,
    ...(error instanceof InvalidFieldsError && { errors: error.errors }),
  };
  return { problem, headers: headersOf(error, status) };
}

/** Writes a problem document to a plain response; one that has begun already is cut, so that it can't look complete. */
export function sendProblem(response: ServerResponse, error: unknown, requestId: string): void {
  if (response.headersSent) return breakOff(response);
  const { problem, headers } = toProblem(error, requestId);
  response
    .writeHead(problem.status, { 'content-type': 'application/problem+json', 'x-request-id': requestId, ...headers })
    .end(JSON.stringify(problem));
}

function classify(error: unknown): [status: number, code: string, detail: string] {
  if (error instanceof AccessError || error instanceof RefusedRequestError)
    return [error.status, error.code, error.message];
  if (error instanceof SlipstreamError) return [statusOf(error), error.code, error.message];
  // Nest wraps Fastify's errors in its own, which keep no code.
  const fastify = FASTIFY_PROBLEMS[codeOf(error instanceof HttpException ? error.cause : error)];
  if (fastify) return fastify;
  const status = error instanceof HttpException ? error.getStatus() : undefined;
  if (status !== undefined && status < 500)
    return [status, CODE_BY_STATUS[status] ?? 'bad_request', (error as HttpException).message];
  return [500, 'internal_error', 'Something went wrong here. The log has the details under this requestId.'];
}

function statusOf(error: SlipstreamError): number {
  const byClass = STATUS_BY_CLASS.find(([type]) => error instanceof type)?.[1];
  return STATUS_BY_CODE[error.code] ?? byClass ?? (error instanceof ConflictError ? 409 : 500);
}

function headersOf(error: unknown, status: number): Record<string, string> {
  const retryAfter = error instanceof SlipstreamError ? error.retryAfterSeconds : undefined;
  return {
    'cache-control': 'no-store',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    ...(status === 405 && { allow: ALLOWED_METHODS }),
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="slipstream"' }),
  };
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
