import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { SlipstreamError, type ErrorCode } from '@slipstream/contracts';
import type { ExtractedPart } from './block.js';
import { ExtractionError, isExtractionCode } from './extraction.error.js';
import type { ExtractedKind, ExtractionLimits } from './extractor.js';
import type { ThreadInput, ThreadMessage } from './thread-messages.js';

export interface ExtractionOptions extends ExtractionLimits {
  /** Longest wait for the next part. Minimum 1. */
  timeoutMs: number;
  /** Memory of the thread: its heap, and that of WebAssembly, such as PDFium's. Minimum 16 MiB. */
  maxBytes: number;
}

const BYTES_PER_MB = 1024 * 1024;

/** Share of the memory for WebAssembly: PDFium keeps the file and its pages there, and the heap holds their text. */
const wasmRatioOf = (kind: ExtractedKind): number => (kind === 'pdf' ? 3 / 4 : 1 / 16);

/** The built thread, also when the sources of this library run: Node starts threads without a compiler. */
const THREAD = fileURLToPath(new URL('../../dist/extraction/extraction.thread.js', import.meta.url));

/**
 * Reads the text of an open file in a thread of its own, which ends with the iteration. The thread works on the next
 * part only after the one before was taken.
 * @param skipParts parts that are stored already
 * @throws ExtractionError
 * @throws SlipstreamError `document_extractor_failed` for an answer of an external extractor; it may be retried
 * @throws the signal's reason when it aborts
 */
export async function* extractInThread(
  { fd, kind, skipParts }: { fd: number; kind: ExtractedKind; skipParts: number },
  { timeoutMs, maxBytes, maxChars, maxUnpackedBytes }: ExtractionOptions,
  signal: AbortSignal,
): AsyncGenerator<ExtractedPart, void, void> {
  signal.throwIfAborted();
  const limits = { maxChars, maxUnpackedBytes };
  const maxWasmBytes = maxBytes * wasmRatioOf(kind);
  const workerData: ThreadInput = { fd, kind, skipParts, limits, maxWasmBytes };
  // Without options of its own a thread inherits those of the process, `--import` of a test runner among them.
  const thread = new Worker(THREAD, {
    workerData,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: (maxBytes - maxWasmBytes) / BYTES_PER_MB },
    stdout: true,
    stderr: true,
  });
  // Parsers print what they find in a file, which is no line of a log.
  [thread.stdout, thread.stderr].forEach((output) => output.resume());
  const messages = new ThreadMessages(thread, signal);
  try {
    for (;;) {
      const message = await messages.next(timeoutMs);
      if (message.type === 'failed') throw errorOf(message.code, message.detail);
      if (message.type === 'end') return;
      yield message.part;
      thread.postMessage('next');
    }
  } finally {
    await thread.terminate();
  }
}

const errorOf = (code: ErrorCode, detail?: string): SlipstreamError =>
  isExtractionCode(code) ? new ExtractionError(code, detail) : new SlipstreamError(code, detail, { isRetryable: true });

/** The messages of one thread, one at a time, until it fails or the signal aborts. */
class ThreadMessages {
  private readonly arrived: ThreadMessage[] = [];
  private failure: unknown;
  private wake?: () => void;

  constructor(
    thread: Worker,
    private readonly signal: AbortSignal,
  ) {
    thread.on('message', (message: ThreadMessage) => {
      this.arrived.push(message);
      this.wake?.();
    });
    thread.on('error', (error) => this.fail(toExtractionError(error)));
    thread.on('exit', () => this.fail(new ExtractionError('document_damaged', 'The extraction ended early.')));
    signal.addEventListener('abort', () => this.fail(signal.reason), { once: true });
  }

  async next(timeoutMs: number): Promise<ThreadMessage> {
    const timer = setTimeout(() => this.fail(new ExtractionError('document_timeout')), timeoutMs);
    try {
      while (this.arrived.length === 0 && this.failure === undefined)
        await new Promise<void>((resolve) => (this.wake = resolve));
    } finally {
      clearTimeout(timer);
    }
    this.signal.throwIfAborted();
    const message = this.arrived.shift();
    if (message) return message;
    throw this.failure;
  }

  private fail(error: unknown): void {
    this.failure ??= error;
    this.wake?.();
  }
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

const toExtractionError = (error: unknown): ExtractionError =>
  new ExtractionError(isOutOfMemory(error) ? 'document_too_complex' : 'document_damaged', undefined, error);
