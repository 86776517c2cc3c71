import { AnswerReader } from '@slipstream/upstream';
import type { ChatEnd } from './chat-end.js';
import { ChatStreamReader } from './chat-stream-reader.js';
import { ModelError } from './model-error.js';
import { ReadingDeadline } from './reading-deadline.js';
import { toRejection } from './rejection.js';

/** Time for a server to end its body after the model has finished; then the connection is closed. */
const END_GRACE_MS = 1_000;

export interface ChatStreamLimits {
  firstTokenTimeoutMs: number;
  stallTimeoutMs: number;
  /** Of the text, in UTF-8. */
  maxResponseBytes: number;
}

/**
 * Yields the text of one streamed answer, and returns how it ended.
 *
 * @param open sends the request, whose answer the reader gets
 * @param signal of the caller: ends the call at once
 * @throws ModelError; see {@link ModelPool.streamChat}
 * @throws the signal's reason when it aborts
 */
export async function* chatStream(
  open: (reader: AnswerReader, onSent: (backend: string) => void) => Promise<void>,
  signal: AbortSignal,
  limits: ChatStreamLimits,
): AsyncGenerator<string, ChatEnd, void> {
  signal.throwIfAborted();
  const reader = new AnswerReader();
  const deadline = new ReadingDeadline(reader);
  const abort = (): void => reader.fail(signal.reason);
  let backend = '';
  signal.addEventListener('abort', abort);
  deadline.begin(limits.firstTokenTimeoutMs, () => firstTokenTimeout(limits.firstTokenTimeoutMs));
  try {
    open(reader, (url) => (backend = url)).catch((error: unknown) => reader.refuse(error));
    const head = await reader.head;
    if (head.statusCode !== 200) throw await toRejection({ ...head, backend, body: reader });
    const deltas = deltasOf({ reader, backend, deadline, stallTimeoutMs: limits.stallTimeoutMs });
    return yield* limited(deltas, limits.maxResponseBytes);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    deadline.end();
    signal.removeEventListener('abort', abort);
  }
}

/** State of reading an answer. */
interface Reading {
  reader: AnswerReader;
  backend: string;
  deadline: ReadingDeadline;
  stallTimeoutMs: number;
}

async function* deltasOf({
  reader,
  backend,
  deadline,
  stallTimeoutMs,
}: Reading): AsyncGenerator<string, ChatEnd, void> {
  const stream = new ChatStreamReader();
  try {
    for await (const bytes of piecesOf(reader, backend)) {
      const { deltas, hasEvents, failure } = stream.feed(bytes);
      if (hasEvents) deadline.end();
      yield* deltas;
      if (failure) throw failure;
      if (stream.isDone) return stream.end;
      const limitMs = stream.isComplete ? END_GRACE_MS : stallTimeoutMs;
      if (hasEvents) deadline.begin(limitMs, () => stalled(backend, limitMs), !stream.isComplete);
    }
    if (!stream.isComplete) throw brokenOff(backend);
    return stream.end;
  } catch (error) {
    reader.fail(error, !stream.isComplete);
    if (!stream.isComplete) throw error;
    return stream.end; // an error after the model has finished loses no text
  } finally {
    if (stream.isDone) reader.drain();
    else reader.fail(new Error('the receiver of the answer has left'));
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

/** Yields the bytes of the body. Leaving early does not end the exchange, so that its connection can be used again. */
async function* piecesOf(reader: AnswerReader, backend: string): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* reader;
  } catch (cause) {
    throw cause instanceof ModelError ? cause : brokenOff(backend, cause);
  }
}

const firstTokenTimeout = (limitMs: number): ModelError =>
  new ModelError(
    'model_first_token_timeout',
    `The model server did not begin its answer within ${limitMs} ms; try again later.`,
  );

const stalled = (backend: string, limitMs: number): ModelError =>
  new ModelError('model_stalled', `The model server paused for ${limitMs} ms within its answer; try again.`, {
    context: { backend },
  });

const tooLarge = (maxBytes: number): ModelError =>
  new ModelError(
    'model_answer_too_large',
    `The model's answer is larger than ${maxBytes} bytes; request a shorter one.`,
    { context: { maxBytes } },
  );

const brokenOff = (backend: string, cause?: unknown): ModelError =>
  new ModelError('model_failed', 'The model server closed the connection within its answer; try again.', {
    cause,
    context: { backend },
  });
