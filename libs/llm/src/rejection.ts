import { z } from 'zod';
import { fieldValue, retryAfterSeconds } from '@slipstream/http';
import type { AnswerHead, AnswerReader } from '@slipstream/upstream';
import { ModelError, type ModelErrorCode } from './model-error.js';

const MAX_BYTES = 64 * 1024;
const MAX_DETAIL_CHARS = 500;

const errorBody = z.object({
  error: z.union([z.string(), z.object({ message: z.string().nullish(), code: z.unknown() })]),
});

/** An answer whose body has not been read. */
interface ModelAnswer extends AnswerHead {
  /** Base URL of the server that answered. */
  backend: string;
  body: AnswerReader;
}

/** Returns the error of an answer other than 200. It reads the whole body. */
export async function toRejection(answer: ModelAnswer): Promise<ModelError> {
  const { backend, statusCode } = answer;
  const { detail, serverCode } = await readError(answer);
  const code = codeFor(statusCode, serverCode);
  const message =
    'The model server answered ' +
    `${statusCode}${detail === undefined ? '' : `: ${detail.slice(0, MAX_DETAIL_CHARS)}`}`;
  return new ModelError(code, message, {
    context: { backend, statusCode },
    retryAfterSeconds: retryAfterSeconds(fieldValue(answer.headers, 'retry-after'), new Date()),
  });
}

function codeFor(statusCode: number, serverCode: unknown): ModelErrorCode {
  if (statusCode === 429) return 'model_rate_limited';
  if (serverCode === 'model_not_found') return 'model_not_found';
  return statusCode >= 400 && statusCode < 500 ? 'model_rejected' : 'model_failed';
}

async function readError({ body }: ModelAnswer): Promise<{ detail?: string; serverCode?: unknown }> {
  try {
    const { error } = errorBody.parse(JSON.parse(await textOf(body)));
    return typeof error === 'string'
      ? { detail: error }
      : { detail: error.message ?? undefined, serverCode: error.code };
  } catch {
    return {}; // the status is sufficient
  }
}

/** @throws Error if it is longer than an error can be */
async function textOf(body: AnswerReader): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    if ((size += chunk.length) > MAX_BYTES) body.fail(new Error(`the answer is larger than ${MAX_BYTES} bytes`));
  }
  return Buffer.concat(chunks, size).toString('utf8');
}
