import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { pdfOf } from '../testing/pdf-of.js';
import type { ExtractedPart } from '../extraction/block.js';
import type { ExternalExtractor } from '../extraction/external/external-extractor.js';
import type { DocumentRecord } from '../store/document.schema.js';
import { TextExtraction } from './text-extraction.js';

const OPTIONS = { timeoutMs: 60_000, maxBytes: 128 * 1024 ** 2, maxChars: 2_000_000, maxUnpackedBytes: 1_000_000 };
const SCAN = pdfOf(['', '']);
const PAGES_OF_PART = 16;
const PAGES = Array.from({ length: 3 * PAGES_OF_PART }, (_, n) => `Page ${n + 1} has words of its own.`);

/** A claimed document whose record, parts and file are in memory. */
class Stored {
  readonly parts = new Map<number, ExtractedPart>();
  readonly written: number[] = [];
  /** The worker loses its lease before this part is stored. */
  diesBefore = Infinity;
  private readonly lease = new AbortController();

  constructor(
    readonly record: DocumentRecord,
    private readonly file: Buffer,
    private readonly external?: FakeExtractor,
  ) {}

  run(): Promise<number> {
    const { record, parts, lease } = this;
    const ports = {
      ingestions: {
        progress: async (_id: string, _fence: number, change: object) => Boolean(Object.assign(record, change)),
      },
      parts: {
        count: async () => parts.size,
        hasText: async () => [...parts.values()].some(({ blocks }) => blocks.length > 0),
        put: async (_id: string, number: number, part: ExtractedPart) => {
          if (number >= this.diesBefore) throw new Error('killed');
          this.written.push(number);
          parts.set(number, part);
        },
      },
      files: { openDownload: () => Readable.from([this.file]) },
      ...(this.external && { external: this.external as unknown as ExternalExtractor }),
    };
    const sut = new TextExtraction(ports, OPTIONS);
    return sut.run({ ...record }, { extracted: async () => undefined }, lease.signal);
  }

  get text(): string[] {
    return [...this.parts.values()].flatMap(({ blocks }) => blocks.map(({ text }) => text));
  }
}

/** Answers with one part for each text. */
class FakeExtractor {
  calls = 0;
  constructor(
    public texts: string[],
    private readonly kinds: string[] = [],
  ) {}
  takes(kind: string): boolean {
    return this.kinds.includes(kind);
  }
  async *extract(): AsyncGenerator<ExtractedPart> {
    this.calls += 1;
    for (const text of this.texts) yield { blocks: text === '' ? [] : [{ type: 'text', text }], pagesDone: 1 };
  }
}

const recordOf = (change: Partial<DocumentRecord> = {}): DocumentRecord =>
  ({ _id: 'd', fence: 1, kind: 'pdf', name: 'a.pdf', state: 'queued', ...change }) as DocumentRecord;

describe('a file without text', () => {
  it('fails if no external extractor is configured', async () => {
    await expect(new Stored(recordOf(), SCAN).run()).rejects.toMatchObject({ code: 'document_no_text' });
  });

  it('goes to the external extractor, whose parts take the place of the empty ones', async () => {
    const stored = new Stored(recordOf(), SCAN, new FakeExtractor(['one', 'two']));
    expect(await stored.run()).toBe(2);
    expect(stored.text).toEqual(['one', 'two']);
    expect(stored.record).toMatchObject({ extractor: 'external', parts: 2 });
  });

  it('fails if the external extractor finds none either, and is sent again with the next upload', async () => {
    const external = new FakeExtractor(['']);
    const stored = new Stored(recordOf(), SCAN, external);
    await expect(stored.run()).rejects.toMatchObject({ code: 'document_no_text', message: /external extractor/ });
    external.texts = ['now'];
    expect(await stored.run()).toBe(1);
    expect(external.calls).toBe(2);
  });

  it('is extracted whole by the attempt after one that was killed between the external parts', async () => {
    const external = new FakeExtractor(['one', 'two', 'three']);
    const stored = new Stored(recordOf(), SCAN, external);
    stored.diesBefore = 1;
    await expect(stored.run()).rejects.toThrow('killed');
    expect(stored.record.parts).toBe(0);
    stored.diesBefore = Infinity;
    expect(await stored.run()).toBe(3);
    expect(stored.text).toEqual(['one', 'two', 'three']);
  });

  it('goes there after it failed with its empty parts stored', async () => {
    const stored = new Stored(recordOf(), SCAN);
    await expect(stored.run()).rejects.toMatchObject({ code: 'document_no_text' });
    const again = new Stored(stored.record, SCAN, new FakeExtractor(['one']));
    for (const [number, part] of stored.parts) again.parts.set(number, part);
    expect(await again.run()).toBe(1);
  });
});

describe('a file with text', () => {
  it('is not sent to the external extractor', async () => {
    const external = new FakeExtractor(['other']);
    expect(await new Stored(recordOf(), pdfOf(PAGES), external).run()).toBe(3);
    expect(external.calls).toBe(0);
  });

  it('is sent at once if the configuration names its kind', async () => {
    const external = new FakeExtractor(['tables'], ['pdf', 'unknown']);
    const stored = new Stored(recordOf(), pdfOf(PAGES), external);
    expect(await stored.run()).toBe(1);
    expect(stored.text).toEqual(['tables']);
    expect(await new Stored(recordOf({ kind: 'unknown' }), Buffer.from('GIF8'), external).run()).toBe(1);
  });

  it('stores no part again after an attempt that was killed', async () => {
    const stored = new Stored(recordOf(), pdfOf(PAGES));
    stored.diesBefore = 2;
    await expect(stored.run()).rejects.toThrow('killed');
    stored.diesBefore = Infinity;
    expect(await stored.run()).toBe(3);
    expect(stored.written).toEqual([0, 1, 2]);
    expect(stored.text).toEqual(PAGES);
  });

  it('is read anew if the external extractor that had begun is configured no more', async () => {
    const stored = new Stored(recordOf({ extractor: 'external', parts: 0 }), pdfOf(PAGES));
    stored.parts.set(0, { blocks: [{ type: 'text', text: 'of the other' }], pagesDone: 1 });
    expect(await stored.run()).toBe(3);
    expect(stored.text).toEqual(PAGES);
  });
});
