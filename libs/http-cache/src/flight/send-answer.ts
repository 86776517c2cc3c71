import { endResponse, sendHead, writeFirst } from '@slipstream/http';
import type { Answer } from '../policy/answer.js';
import type { CacheClient } from './cache-client.port.js';

/** Gives a client a whole answer, which others get too. One that could be sent to them may not go to this client: HTTP/2 takes less than HTTP/1.1. */
export function sendAnswer({ statusCode, headers, body }: Answer, client: CacheClient): void {
  try {
    client.onHead?.(statusCode, headers, true);
    sendHead(client.response, statusCode, headers);
  } catch (error) {
    return client.onFailed(error);
  }
  if (body && body.length > 0) writeFirst(client.response, body);
  endResponse(client.response);
  client.onDone?.();
}
