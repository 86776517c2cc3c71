import type { ServerResponse } from 'node:http';
import { SlipstreamError } from '@slipstream/contracts';

/** An error that is told in OpenAI's shape: `{error: {message, type, param, code}}`. */
export class OpenAiError extends SlipstreamError {
  constructor(
    readonly status: number,
    code: string,
    message: string,
    /** The field of the request that is wrong. */
    readonly param: string | null = null,
    /** Fields of the answer, such as `allow`. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, message);
  }
}

/** What codes become over HTTP; anything else is a 500. */
const STATUS: Readonly<Record<string, number>> = {
  body_too_large: 413,
  model_not_found: 404,
  model_failed: 502,
  model_first_token_timeout: 504,
  no_healthy_backends: 503,
  local_resources_exhausted: 503,
};

/** Answers with an error; nothing may have been sent. */
export function sendOpenAiError(response: ServerResponse, error: unknown): void {
  const known = error instanceof SlipstreamError ? error : undefined;
  const status = error instanceof OpenAiError ? error.status : (STATUS[known?.code ?? ''] ?? 500);
  const param = error instanceof OpenAiError ? error.param : known?.code === 'model_not_found' ? 'model' : null;
  // Only errors raised on purpose have a message meant for the caller.
  const told =
    known && status !== 500
      ? known
      : new SlipstreamError('internal_error', 'Something went wrong here; the log says what.');
  const body = JSON.stringify({
    error: {
      message: told.message,
      type: status < 500 ? 'invalid_request_error' : 'server_error',
      param,
      code: told.code,
    },
  });
  for (const [name, value] of Object.entries(error instanceof OpenAiError ? error.headers : {}))
    response.setHeader(name, value);
  if (known?.retryAfterSeconds !== undefined) response.setHeader('retry-after', known.retryAfterSeconds);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body);
}
