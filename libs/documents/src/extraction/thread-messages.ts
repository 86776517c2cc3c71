import type { ErrorCode } from '@slipstream/contracts';
import type { ExtractedPart } from './block.js';
import type { ExtractedKind, ExtractionLimits } from './extractor.js';

/** Input of a thread. */
export interface ThreadInput {
  /** Threads of a process share its open files. */
  fd: number;
  kind: ExtractedKind;
  skipParts: number;
  limits: ExtractionLimits;
  /** Memory of WebAssembly, such as that of PDFium, and of the file itself while it is handed over. */
  maxWasmBytes: number;
}

/** Messages of a thread. After a part it waits for `next`. */
export type ThreadMessage =
  { type: 'part'; part: ExtractedPart } | { type: 'end' } | { type: 'failed'; code: ErrorCode; detail?: string };
