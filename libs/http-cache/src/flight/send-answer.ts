import { endResponse, sendHead, writeFirst } from '@slipstream/http';
import type { Answer } from '../policy/answer.js';
import type { CacheClient } from './cache-client.port.js';

/** Gives a client a whole answer, which others get too. */
export function sendAnswer({ statusCode, headers, body }: Answer, client: CacheClient): void {
  client.onHead?.(statusCode, headers, true);
  sendHead(client.response, statusCode, headers);
  if (body && body.length > 0) writeFirst(client.response, body);
  endResponse(client.response);
  client.onDone?.();
}
