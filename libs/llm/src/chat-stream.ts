import type { ChatEnd } from './chat-end.js';
import { ChatStreamReader } from './chat-stream-reader.js';
import { ModelError } from './model-error.js';
import type { ModelAnswer } from './model-server.js';
import { Patience } from './patience.js';
import { toRejection } from './rejection.js';

/** After the model's last word a server has this long to end its body; else the connection is given up. */
const END_GRACE_MS = 1_000;

export interface ChatStreamLimits {
  firstTokenTimeoutMs: number;
  stallTimeoutMs: number;
  /** Of the text, in UTF-8. */
  maxResponseBytes: number;
}

/**
 * The text of one streamed answer, and how it ended.
 *
 * @param open sends the request; its signal ends the call, body included
 * @param signal the caller's: ends the call at once
 * @throws ModelError; see {@link ModelPool.streamChat}
 * @throws the signal's reason when it aborts
 */
export async function* chatStream(
  open: (signal: AbortSignal) => Promise<ModelAnswer>,
  signal: AbortSignal,
  limits: ChatStreamLimits,
): AsyncGenerator<string, ChatEnd, void> {
  signal.throwIfAborted();
  const patience = new Patience();
  patience.begin(limits.firstTokenTimeoutMs, () => firstTokenTimeout(limits.firstTokenTimeoutMs));
  try {
    const answer = await open(AbortSignal.any([signal, patience.signal]));
    if (answer.statusCode !== 200) throw await toRejection(answer);
    return yield* limited(deltasOf(answer, patience, limits.stallTimeoutMs), limits.maxResponseBytes);
  } catch (error) {
    signal.throwIfAborted();
    patience.signal.throwIfAborted();
    throw error;
  } finally {
    patience.end();
  }
}

async function* deltasOf(
  { backend, body }: ModelAnswer,
  patience: Patience,
  stallTimeoutMs: number,
): AsyncGenerator<string, ChatEnd, void> {
  const reader = new ChatStreamReader();
  try {
    for await (const bytes of piecesOf(body, backend)) {
      const { deltas, hasEvents, failure } = reader.feed(bytes);
      if (hasEvents) patience.end();
      yield* deltas;
      if (failure) throw failure;
      if (reader.isDone) return reader.end;
      const limitMs = reader.isComplete ? END_GRACE_MS : stallTimeoutMs;
      if (hasEvents) patience.begin(limitMs, () => stalled(backend, limitMs));
    }
    if (!reader.isComplete) throw brokenOff(backend);
    return reader.end;
  } catch (error) {
    if (!reader.isComplete) throw error;
    return reader.end; // what breaks after the model's last word loses nothing
  } finally {
    if (reader.isDone)
      void body.dump({ limit: 64 * 1024, signal: AbortSignal.timeout(END_GRACE_MS) }).catch(() => {}); // given up
    else body.destroy();
  }
}

async function* limited(
  deltas: AsyncGenerator<string, ChatEnd, void>,
  maxBytes: number,
): AsyncGenerator<string, ChatEnd, void> {
  let size = 0;
  try {
    for (;;) {
      const next = await deltas.next();
      if (next.done) return next.value;
      size += Buffer.byteLength(next.value);
      if (size > maxBytes) throw tooLarge(maxBytes);
      yield next.value;
    }
  } finally {
    await deltas.return({ state: 'incomplete' });
  }
}

/** The body's bytes; leaving early doesn't destroy it, for its connection may be used again. */
async function* piecesOf(body: ModelAnswer['body'], backend: string): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* body.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw brokenOff(backend, cause);
  }
}

const firstTokenTimeout = (limitMs: number): ModelError =>
  new ModelError(
    'model_first_token_timeout',
    `The model server began no answer within ${limitMs} ms; try again later.`,
  );

const stalled = (backend: string, limitMs: number): ModelError =>
  new ModelError('model_stalled', `The model server fell silent for ${limitMs} ms within its answer; try again.`, {
    context: { backend },
  });

const tooLarge = (maxBytes: number): ModelError =>
  new ModelError(
    'model_answer_too_large',
    `The model's answer is larger than the ${maxBytes} bytes that are kept; ask for a shorter one.`,
    { context: { maxBytes } },
  );

const brokenOff = (backend: string, cause?: unknown): ModelError =>
  new ModelError('model_failed', 'The model server broke off in the middle of its answer; try again.', {
    cause,
    context: { backend },
  });
