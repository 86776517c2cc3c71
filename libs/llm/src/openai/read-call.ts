import type { IncomingMessage } from 'node:http';
import { InvalidInputError } from '@slipstream/contracts';
import { JsonScanner, MAX_JSON_DEPTH, readChunks, wantedMembers, type JsonScan } from '@slipstream/http';

/** The parsed part of a call's body; the model server validates the rest. */
const WANTED = wantedMembers(['model', 'stream']);

export interface Call {
  model: string;
  isStream: boolean;
  /** As the client sent it, in pieces. */
  body: readonly Buffer[];
}

/**
 * Reads a call and finds its model. The body is scanned as it arrives and never parsed, because parsing 20 MiB of small
 * values blocks the event loop for seconds.
 *
 * @throws InvalidInputError `invalid_json` or `model_missing`
 * @throws BodyTooLargeError, BodyIncompleteError
 */
export async function readCall(request: IncomingMessage, maxBytes: number): Promise<Call> {
  const scanner = new JsonScanner({ wanted: WANTED });
  const body = await readChunks(request, { maxBytes, onChunk: (chunk) => scanner.feed(chunk) });
  const members = membersOf(scanner.end());
  const model = members?.get('model');
  if (typeof model !== 'string' || model === '') {
    throw new InvalidInputError(
      'model_missing',
      "The request body must be a JSON object with the string 'model', of at most 1,000 bytes.",
      { param: 'model' },
    );
  }
  return { body, model, isStream: members?.get('stream') === true };
}

/** @returns undefined for a value that is no object */
function membersOf(scan: JsonScan): ReadonlyMap<string, unknown> | undefined {
  if (scan.type === 'too-deep')
    throw new InvalidInputError('invalid_json', `The request body is nested deeper than ${MAX_JSON_DEPTH} levels.`);
  if (scan.type === 'invalid')
    throw new InvalidInputError('invalid_json', 'The request body is not JSON; send application/json.');
  return scan.type === 'object' ? scan.members : undefined;
}
