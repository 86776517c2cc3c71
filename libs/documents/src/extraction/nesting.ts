import { ExtractionError } from './extraction.error.js';

/** The parser's time for an element grows with its depth. */
const MAX_DEPTH = 2_000;

/** Counts how deep elements are nested. */
export class Nesting {
  private depth = 0;

  /** @throws ExtractionError `document_too_complex` */
  open(): void {
    this.depth += 1;
    if (this.depth > MAX_DEPTH)
      throw new ExtractionError('document_too_complex', `Elements are nested deeper than ${MAX_DEPTH} levels.`);
  }

  close(): void {
    this.depth -= 1;
  }
}
