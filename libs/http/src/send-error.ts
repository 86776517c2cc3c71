import type { ServerResponse } from 'node:http';
import { toOpenAiError, toProblem, type ErrorAnswer } from '@slipstream/contracts';
import { breakOff } from './break-off.js';

/** Answers with an error. An answer that has begun is broken off, so that it can't look complete. */
export type SendError = (response: ServerResponse, error: unknown, requestId: string) => void;

/** In the form of a problem document (RFC 9457). */
export const sendProblem: SendError = (response, error, requestId) =>
  send(response, toProblem(error, requestId), requestId);

/** In OpenAI's shape. */
export const sendOpenAiError: SendError = (response, error, requestId) =>
  send(response, toOpenAiError(error), requestId);

function send(response: ServerResponse, { status, headers, body }: ErrorAnswer<object>, requestId: string): void {
  if (response.headersSent) return breakOff(response);
  const text = JSON.stringify(body);
  response
    .writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text), 'x-request-id': requestId })
    .end(text);
}
