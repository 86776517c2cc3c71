import type { ServerResponse } from 'node:http';
import { inWriteBatch } from './write-batch.js';

/** Ends an answer together with the batch of its pieces. An immediate end would send them now. */
export function endResponse(response: ServerResponse): void {
  inWriteBatch(() => response.end());
}
