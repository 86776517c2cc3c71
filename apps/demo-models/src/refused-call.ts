import type { ServerResponse } from 'node:http';

/** A call that the demo model server refuses. */
export class RefusedCall extends Error {
  constructor(
    readonly status: 400 | 404,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Answers in OpenAI's error shape. */
export function sendRefusal(response: ServerResponse, error: unknown): void {
  const { status, code, message } =
    error instanceof RefusedCall ? error : { status: 500, code: 'internal_error', message: 'The demo model failed.' };
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ error: { message, type, param: null, code } }));
}
