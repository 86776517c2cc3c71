import type { AnswerReader } from '@slipstream/upstream';
import { z } from 'zod';
import { ModelError } from './model-error.js';
import { toRejection } from './rejection.js';

/** Texts to embed. */
export interface EmbedOptions {
  model: string;
  /** Minimum 1. */
  texts: readonly string[];
  /** Purpose of the texts, for servers that distinguish it. Default: not sent. */
  inputType?: 'query' | 'passage';
  /** Aborting ends the call, here and at the model server. */
  signal: AbortSignal;
}

/** 2,048 vectors of 4,096 numbers. */
const MAX_BYTES = 256 * 1024 * 1024;

const embeddings = z.object({
  data: z.array(z.object({ index: z.int().min(0).optional(), embedding: z.array(z.number()).min(1) })),
});

/** The body of a request for embeddings. */
export const embeddingsBody = ({ model, texts, inputType }: EmbedOptions): Buffer =>
  Buffer.from(
    JSON.stringify({ model, input: texts, encoding_format: 'float', ...(inputType && { input_type: inputType }) }),
  );

/**
 * Reads one vector for each text, in the order of the texts.
 * @throws ModelError; `model_failed` also if the vectors are of different lengths, or have a value that is no number
 */
export async function readEmbeddings(reader: AnswerReader, backendOf: () => string, count: number) {
  const head = await reader.head;
  const backend = backendOf();
  if (head.statusCode !== 200) throw await toRejection({ ...head, backend, body: reader });
  const answer = embeddings.safeParse(parseJson(await bodyOf(reader, backend)));
  if (!answer.success) throw invalid(backend, 'something other than vectors of numbers');
  const data = answer.data.data.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0));
  if (data.length !== count) throw invalid(backend, `${data.length} vectors for ${count} texts`);
  const vectors = data.map(({ embedding }) => Float32Array.from(embedding));
  if (vectors.some(({ length }) => length !== vectors[0]!.length)) throw invalid(backend, 'vectors of several lengths');
  if (vectors.some((vector) => !vector.every(Number.isFinite))) throw invalid(backend, 'numbers that are too large');
  return vectors;
}

async function bodyOf(reader: AnswerReader, backend: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of reader) {
      chunks.push(chunk);
      if ((size += chunk.length) > MAX_BYTES) throw invalid(backend, `more than ${MAX_BYTES} bytes`);
    }
  } catch (cause) {
    reader.fail(cause);
    throw cause instanceof ModelError ? cause : invalid(backend, 'a part of its answer only', cause);
  }
  return Buffer.concat(chunks, size).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const invalid = (backend: string, answered: string, cause?: unknown): ModelError =>
  new ModelError('model_failed', `The embedding server answered ${answered}.`, { cause, context: { backend } });
