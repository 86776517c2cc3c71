import type { ServerResponse } from 'node:http';
import { messageOf } from '@slipstream/contracts';
import { AccessError } from '@slipstream/access';

/** Refuses a caller of `/v1` in OpenAI's error shape. */
export function sendOpenAiRefusal(response: ServerResponse, error: unknown): void {
  const { status, code } = error instanceof AccessError ? error : { status: 500, code: 'internal_error' };
  const type =
    status === 401
      ? 'authentication_error'
      : status === 403
        ? 'permission_error'
        : status === 400
          ? 'invalid_request_error'
          : 'server_error';
  const body = { error: { message: messageOf(error), type, param: null, code } };
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}
