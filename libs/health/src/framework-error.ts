import { HttpException } from '@nestjs/common';
import { messageOf, SlipstreamError, type ErrorCode } from '@slipstream/contracts';

/** Fastify's errors, by code. */
const FASTIFY: Readonly<Record<string, readonly [code: ErrorCode, message?: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid_json', 'The request body is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid_json', 'The Content-Type is JSON, but the body is empty.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid_content_length'],
  FST_ERR_MAX_PARAM_LENGTH: ['url_too_long'],
  FST_ERR_BAD_URL: ['invalid_url'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type'],
};

/** Errors of Nest and Fastify that have only a status. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  404: 'route_not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  431: 'headers_too_large',
};

/** @returns a SlipstreamError for an error of Nest or Fastify; other errors unchanged */
export function fromFramework(error: unknown): unknown {
  if (error instanceof SlipstreamError) return error;
  // Nest wraps Fastify's errors in its own, which lose the code.
  const [code, message] = FASTIFY[codeOf(error instanceof HttpException ? error.cause : error)] ?? [];
  if (code !== undefined) return new SlipstreamError(code, message, { cause: error });
  const status = statusOf(error);
  if (status < 400 || status >= 500) return error;
  return new SlipstreamError(BY_STATUS[status] ?? 'bad_request', messageOf(error), { cause: error });
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** 500 if it has no status. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = Object(error) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : 500;
}
