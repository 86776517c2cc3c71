import type { IncomingMessage } from 'node:http';
import { readBody } from '@slipstream/http';
import { z } from 'zod';
import { OpenAiError } from './openai-error.js';

/** What is read of a call's body; the rest is the model server's to judge. */
const callBody = z.object({ model: z.string().min(1), stream: z.unknown().optional() });

export interface Call {
  model: string;
  isStream: boolean;
  /** As the client sent it. */
  body: Buffer;
}

/**
 * Reads a call, to find its model.
 *
 * @throws OpenAiError 400 `invalid_json` or `model_missing`
 * @throws BodyTooLargeError, BodyIncompleteError
 */
export async function readCall(request: IncomingMessage, maxBytes: number): Promise<Call> {
  const body = await readBody(request, { maxBytes });
  const read = callBody.safeParse(parseJson(body));
  if (!read.success) throw new OpenAiError(400, 'model_missing', "The request body must be a JSON object with the string 'model'.", 'model');
  return { body, model: read.data.model, isStream: read.data.stream === true };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new OpenAiError(400, 'invalid_json', 'The request body is not JSON; send application/json.');
  }
}
