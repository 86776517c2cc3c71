import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, SlipstreamError, type ErrorCode } from '@slipstream/contracts';
import { EXTRACTORS } from './extractors.js';
import { FileSource } from './file-source.js';
import type { ThreadInput, ThreadMessage } from './thread-messages.js';
import { boundWasmMemory } from './wasm-memory.js';

const port = parentPort!;
const send = (message: ThreadMessage): void => port.postMessage(message);

const { fd, kind, skipParts, limits, maxWasmBytes } = workerData as ThreadInput;
const source = new FileSource(fd);
const wasmMemory = boundWasmMemory(kind === 'pdf' ? maxWasmBytes - source.bytes : maxWasmBytes);
try {
  for await (const part of EXTRACTORS[kind]({ source, skipParts, limits })) {
    const next = once(port, 'message');
    send({ type: 'part', part });
    await next;
  }
  send({ type: 'end' });
} catch (error) {
  send({ type: 'failed', ...failureOf(error) });
}
port.close();

function failureOf(error: unknown): { code: ErrorCode; detail?: string } {
  if (wasmMemory.isExhausted) return { code: 'document_too_complex' };
  // Any other error of a parser means a file that it can't read.
  const code = error instanceof SlipstreamError ? error.code : 'document_damaged';
  return { code, detail: messageOf(error).slice(0, 500) };
}
