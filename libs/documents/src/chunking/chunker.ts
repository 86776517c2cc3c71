import type { Block } from '../extraction/block.js';
import { BLOCK_SEPARATOR, unitsOf, type Unit } from './units.js';

export interface ChunkerOptions {
  /** Most tokens of a chunk, as `countTokens` counts them; a table's header comes on top. Minimum 16. */
  maxTokens: number;
  /** Tokens at the end of a chunk that the next one begins with, in whole units. At most half of `maxTokens`. */
  overlapTokens: number;
}

/** A passage before it is embedded. */
export interface TextChunk {
  ordinal: number;
  text: string;
  start: number;
  end: number;
  page?: number;
  heading?: string;
}

/**
 * Makes chunks of blocks that are fed in reading order. A heading or a page begins a new chunk; rows of a table keep
 * their header; paragraphs, then sentences, stay whole where they fit.
 */
export class Chunker {
  private units: Unit[] = [];
  private tokens = 0;
  /** Units at the beginning that the chunk before has too. */
  private overlapping = 0;
  private offset = 0;
  private ordinal = 0;
  private heading?: string;

  constructor(private readonly options: ChunkerOptions) {}

  *feed(blocks: readonly Block[]): Generator<TextChunk, void, void> {
    for (const block of blocks) {
      const start = this.offset === 0 ? 0 : this.offset + BLOCK_SEPARATOR.length;
      this.offset = start + block.text.length;
      if (block.type === 'heading') {
        if (!this.units.every(({ isHeading }) => isHeading)) yield* this.cut(0);
        this.heading = block.text;
      }
      for (const unit of unitsOf(block, start, this.options.maxTokens)) yield* this.take(unit);
    }
  }

  /** The rest. */
  *end(): Generator<TextChunk, void, void> {
    yield* this.cut(0);
  }

  private *take(unit: Unit): Generator<TextChunk, void, void> {
    const { maxTokens, overlapTokens } = this.options;
    const last = this.units.at(-1);
    if (last && unit.header !== undefined && last.header !== unit.header) yield* this.cut(0);
    else if (this.tokens + unit.tokens > maxTokens || last?.page !== unit.page) yield* this.cut(overlapTokens);
    if (this.tokens + unit.tokens > maxTokens) this.keepLast(0);
    this.units.push(unit);
    this.tokens += unit.tokens;
  }

  /** Ends the chunk; the next one begins with its last `overlapTokens`. */
  private *cut(overlapTokens: number): Generator<TextChunk, void, void> {
    const isNew = this.units.slice(this.overlapping).some(({ text }) => text.trim() !== '');
    if (isNew) yield this.chunk();
    this.keepLast(overlapTokens);
  }

  private keepLast(maxTokens: number): void {
    let kept = this.units.length;
    let tokens = 0;
    while (kept > 1 && tokens + this.units[kept - 1]!.tokens <= maxTokens) tokens += this.units[--kept]!.tokens;
    this.units = this.units.slice(kept);
    this.tokens = tokens;
    this.overlapping = this.units.length;
  }

  private chunk(): TextChunk {
    const [first] = this.units;
    const last = this.units.at(-1)!;
    const text = this.units.map((unit, index) => (index === 0 ? '' : unit.lead) + unit.text).join('');
    const page = (this.units[this.overlapping] ?? first)?.page;
    return {
      ordinal: this.ordinal++,
      text: (first?.header === undefined ? text : `${first.header}\n${text}`).trimEnd(),
      start: first!.start,
      end: last.start + last.text.trimEnd().length,
      ...(page !== undefined && { page }),
      ...(this.heading !== undefined && { heading: this.heading.slice(0, MAX_HEADING_CHARS) }),
    };
  }
}

const MAX_HEADING_CHARS = 300;
