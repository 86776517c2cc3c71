import { z } from 'zod';
import { fieldValue, retryAfterSeconds } from '@slipstream/http';
import { ModelError, type ModelErrorCode } from './model-error.js';
import type { ModelAnswer } from './model-server.js';
import { readLimited } from './read-limited.js';

const MAX_BYTES = 64 * 1024;
const MAX_DETAIL_CHARS = 500;

const errorBody = z.object({
  error: z.union([z.string(), z.object({ message: z.string().nullish(), code: z.unknown() })]),
});

/** The error behind an answer other than 200. Reads its body to the end. */
export async function toRejection(answer: ModelAnswer): Promise<ModelError> {
  const { backend, statusCode } = answer;
  const { detail, serverCode } = await readError(answer);
  const code = codeFor(statusCode, serverCode);
  const message = `The model server answered ${statusCode}${detail === undefined ? '' : `: ${detail.slice(0, MAX_DETAIL_CHARS)}`}`;
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
    const { error } = errorBody.parse(JSON.parse(await readLimited(body, MAX_BYTES)));
    return typeof error === 'string'
      ? { detail: error }
      : { detail: error.message ?? undefined, serverCode: error.code };
  } catch {
    return {}; // the status says enough
  }
}
