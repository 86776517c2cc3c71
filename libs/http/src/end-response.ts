import type { ServerResponse } from 'node:http';
import { inWriteBatch } from './write-batch.js';

/** Ends an answer with the batch of its pieces: ending it at once would send them now. */
export function endResponse(response: ServerResponse): void {
  inWriteBatch(() => response.end());
}
