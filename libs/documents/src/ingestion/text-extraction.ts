import type { FileHandle } from 'node:fs/promises';
import type { FileBucket } from '@slipstream/mongo';
import type { ExtractedPart } from '../extraction/block.js';
import { extractInThread, type ExtractionOptions } from '../extraction/extraction.js';
import { ExtractionError } from '../extraction/extraction.error.js';
import type { ExternalExtractor } from '../extraction/external/external-extractor.js';
import { temporaryFile } from '../extraction/temporary-file.js';
import type { DocumentRecord } from '../store/document.schema.js';
import type { IngestionStore } from '../store/ingestion.store.js';
import type { PartStore } from '../store/part.store.js';
import type { IngestionEvents } from './ingestion-events.js';
import { reportProgress } from './report-progress.js';

export interface TextExtractionPorts {
  ingestions: Pick<IngestionStore, 'progress'>;
  parts: Pick<PartStore, 'count' | 'put' | 'hasText'>;
  files: Pick<FileBucket, 'openDownload'>;
  /** Absent: files without text fail. */
  external?: ExternalExtractor;
}

/** One claimed document, the events of its claim, and the end of its lease. */
interface Claimed {
  document: DocumentRecord;
  events: Pick<IngestionEvents, 'extracted'>;
  signal: AbortSignal;
}

/** Stores the text of documents, by the extractor of their kind or by an external one. */
export class TextExtraction {
  constructor(
    private readonly ports: TextExtractionPorts,
    private readonly options: ExtractionOptions,
  ) {}

  /**
   * Extracts what is not stored yet. A PDF without text goes to the external extractor.
   * @returns the number of parts
   * @throws ExtractionError and other SlipstreamErrors
   * @throws LeaseLostError
   * @throws the signal's reason when it aborts
   */
  async run(
    document: DocumentRecord,
    events: Pick<IngestionEvents, 'extracted'>,
    signal: AbortSignal,
  ): Promise<number> {
    const claimed = { document, events, signal };
    if (document.parts) return document.parts;
    const isExternal = this.isExternal(document);
    const parts = isExternal ? await this.externally(claimed) : await this.here(claimed);
    if (await this.ports.parts.hasText(document._id)) return this.complete(document, parts);
    if (!this.ports.external || isExternal || document.kind !== 'pdf') throw new ExtractionError('document_no_text');
    const external = await this.externally(claimed);
    if (await this.ports.parts.hasText(document._id)) return this.complete(document, external);
    throw new ExtractionError('document_no_text', 'The external extractor found no text in the file.');
  }

  private async complete(document: DocumentRecord, parts: number): Promise<number> {
    await reportProgress(this.ports.ingestions, document, { parts });
    return parts;
  }

  private isExternal({ kind, extractor }: DocumentRecord): boolean {
    return this.ports.external !== undefined && (extractor === 'external' || this.ports.external.takes(kind));
  }

  /** Goes on behind the stored parts, unless an external extractor wrote them. */
  private async here(claimed: Claimed): Promise<number> {
    const { _id: id, kind, extractor } = claimed.document;
    const skipParts = extractor === undefined ? await this.ports.parts.count(id) : 0;
    return this.store(claimed, skipParts, (file) =>
      extractInThread({ fd: file.fd, kind, skipParts }, this.options, claimed.signal),
    );
  }

  /** Its parts may differ from one call to the next, so the record names it before the first one is stored. */
  private async externally(claimed: Claimed): Promise<number> {
    const { document, signal } = claimed;
    const { kind, name } = document;
    await reportProgress(this.ports.ingestions, document, { extractor: 'external', parts: 0 });
    return this.store(claimed, 0, (content) =>
      this.ports.external!.extract({ content, kind, name }, this.options, signal),
    );
  }

  private async store(
    { document, events, signal }: Claimed,
    from: number,
    extract: (file: FileHandle) => AsyncIterable<ExtractedPart>,
  ): Promise<number> {
    const { ingestions, parts, files } = this.ports;
    const { _id: id } = document;
    await reportProgress(ingestions, document, { state: 'extracting' });
    let number = from;
    const file = await temporaryFile(files.openDownload(id), signal);
    try {
      for await (const part of extract(file)) {
        const { pagesDone: done, pagesTotal: total } = part;
        await parts.put(id, number++, part);
        const pages = { done, ...(total !== undefined && { total }) };
        await reportProgress(ingestions, document, { pages });
        await events.extracted(pages);
      }
    } finally {
      await file.close();
    }
    return number;
  }
}
