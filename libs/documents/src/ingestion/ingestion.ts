import { SlipstreamError } from '@slipstream/contracts';
import type { EventLog } from '@slipstream/events';
import type { VectorSpace, VectorStore } from '@slipstream/vectors';
import { Chunker, type ChunkerOptions, type TextChunk } from '../chunking/chunker.js';
import type { Embedder } from '../embedding/embedder.port.js';
import { ExtractionError } from '../extraction/extraction.error.js';
import type { DocumentRecord } from '../store/document.schema.js';
import type { IngestionStore } from '../store/ingestion.store.js';
import type { PartStore } from '../store/part.store.js';
import { IngestionEvents } from './ingestion-events.js';
import { reportProgress } from './report-progress.js';
import type { TextExtraction } from './text-extraction.js';

export interface IngestionOptions {
  chunks: ChunkerOptions;
  /** Chunks that are embedded and stored at a time. Minimum 1. */
  batchSize: number;
}

export interface IngestionPorts {
  ingestions: Pick<IngestionStore, 'progress'>;
  parts: Pick<PartStore, 'find'>;
  extraction: Pick<TextExtraction, 'run'>;
  vectors: Pick<VectorStore, 'space'>;
  embedder: Embedder;
  log: Pick<EventLog, 'append'>;
}

/** Result of an ingestion. */
export interface Ingested {
  space: string;
  embedder: string;
  chunks: number;
}

/** Parts, destination and events of one embedding. */
interface EmbeddingWork {
  /** Number of stored parts of the text. */
  parts: number;
  space: VectorSpace;
  events: IngestionEvents;
  signal: AbortSignal;
}

/** Ingests one claimed document: extracts its text unless that is stored, then embeds it and stores the vectors. */
export class Ingestion {
  constructor(
    private readonly ports: IngestionPorts,
    private readonly options: IngestionOptions,
  ) {}

  /**
   * The rows are written under the claim's fence; search shows none of them before the record names this fence.
   * @throws ExtractionError and other SlipstreamErrors; `isRetryable` says whether another attempt may help
   * @throws LeaseLostError
   * @throws the signal's reason when it aborts
   */
  async run(document: DocumentRecord, events: IngestionEvents, signal: AbortSignal): Promise<Ingested> {
    const parts = await this.ports.extraction.run(document, events, signal);
    if (document.state !== 'ready') await reportProgress(this.ports.ingestions, document, { state: 'embedding' });
    const identity = await this.ports.embedder.identity(signal);
    const space = await this.ports.vectors.space(identity);
    const chunks = await this.embedAlone(document, { parts, space, events, signal });
    if (chunks === 0) throw new ExtractionError('document_no_text');
    return { space: space.name, embedder: identity.name, chunks };
  }

  /**
   * Stores the text of a document of the loader.
   * @throws as {@link run}
   */
  async extractOnly(document: DocumentRecord, events: IngestionEvents, signal: AbortSignal): Promise<void> {
    await this.ports.extraction.run(document, events, signal);
  }

  /** Leaves no rows of an attempt that did not end: neither of earlier ones, nor of this one if it fails. */
  private async embedAlone(document: DocumentRecord, work: EmbeddingWork): Promise<number> {
    const { _id: id, fence } = document;
    if (fence > 1) await work.space.deleteDocument(id, fence);
    try {
      return await this.embed(document, work);
    } catch (error) {
      await work.space.deleteDocument(id, fence + 1).catch(() => undefined);
      throw error;
    }
  }

  /** @returns the number of chunks */
  private async embed(document: DocumentRecord, work: EmbeddingWork): Promise<number> {
    let batch: TextChunk[] = [];
    let count = 0;
    const flush = async (): Promise<void> => {
      await this.store(document, batch, work);
      count += batch.length;
      batch = [];
    };
    for await (const chunk of this.chunksOf(document, work)) {
      batch.push(chunk);
      if (batch.length >= this.options.batchSize) await flush();
    }
    if (batch.length > 0) await flush();
    return count;
  }

  private async *chunksOf(
    { _id: id }: DocumentRecord,
    { parts, events }: EmbeddingWork,
  ): AsyncGenerator<TextChunk, void, void> {
    const chunker = new Chunker(this.options.chunks);
    for (let number = 0; number < parts; number += 1) {
      const part = await this.ports.parts.find(id, number);
      if (!part) throw new SlipstreamError('ingestion_failed', 'Extracted text is missing.');
      yield* chunker.feed(part.blocks);
      await events.embedded(number + 1, parts);
    }
    yield* chunker.end();
  }

  private async store(
    { _id: documentId, userId, fence }: DocumentRecord,
    batch: readonly TextChunk[],
    { space, signal }: EmbeddingWork,
  ): Promise<void> {
    signal.throwIfAborted();
    const texts = batch.map(({ heading, text }) => (heading === undefined ? text : `${heading}\n${text}`));
    const vectors = await this.ports.embedder.embed(texts, 'passage', signal);
    signal.throwIfAborted();
    await space.add(batch.map((chunk, index) => ({ ...chunk, userId, documentId, fence, vector: vectors[index]! })));
  }
}
