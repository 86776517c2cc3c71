import type { Config } from './load-config.js';
import { processMemory, type MachineMemory } from './memory-shares.js';
import type { ServiceName } from './service-defaults.js';

const MIB = 1024 * 1024;

/**
 * Shares of a process with a limit. With the main thread's heap, which is a quarter, they leave a tenth of a
 * document-worker for code, buffers, and what LanceDB uses while it works.
 */
const WORKER_RATIO = { extraction: 1 / 2, vectorIndexes: 1 / 8, vectorMetadata: 1 / 64 } as const;
/** Standalone has the response cache and a larger heap beside them. */
const RATIO: Partial<Record<ServiceName, Record<keyof typeof WORKER_RATIO, number>>> = {
  standalone: { extraction: 1 / 8, vectorIndexes: 1 / 32, vectorMetadata: 1 / 128 },
};

/** Without a limit. LanceDB's own defaults are 6 GiB and 1 GiB. */
const UNLIMITED = { fileBytes: 512 * MIB, vectorIndexBytes: 256 * MIB, vectorMetadataBytes: 32 * MIB } as const;

/** Common office files need less; fewer files at a time are read before each gets less. */
const MIN_FILE_BYTES = 128 * MIB;

/** Memory that ingestion and search of documents take outside of the main thread's heap. */
export interface DocumentShares {
  /** Number of files that are ingested at a time. */
  readonly files: number;
  /** Memory of the extraction of one file: heap of its thread, and that of PDFium. */
  readonly fileBytes: number;
  /** LanceDB's cache of indexes. */
  readonly vectorIndexBytes: number;
  /** LanceDB's cache of metadata. */
  readonly vectorMetadataBytes: number;
}

/** Divides the memory of a process that ingests documents, so that all files at a time fit in it. */
export function documentShares(
  { memory, processes, service, documents }: Pick<Config, 'memory' | 'processes' | 'service' | 'documents'>,
  machine?: MachineMemory,
): DocumentShares {
  const { concurrency, extractionMaxBytes } = documents;
  const { bytes, isLimited } = processMemory({ memory, processes }, machine);
  if (!isLimited) return { ...UNLIMITED, files: concurrency, fileBytes: extractionMaxBytes ?? UNLIMITED.fileBytes };
  const ratio = RATIO[service] ?? WORKER_RATIO;
  const shared = Math.floor(bytes * ratio.extraction);
  const fitting = Math.floor(shared / (extractionMaxBytes ?? MIN_FILE_BYTES));
  const files = Math.max(1, Math.min(concurrency, fitting));
  return {
    files,
    fileBytes: extractionMaxBytes ?? Math.max(MIN_FILE_BYTES, Math.floor(shared / files)),
    vectorIndexBytes: Math.floor(bytes * ratio.vectorIndexes),
    vectorMetadataBytes: Math.floor(bytes * ratio.vectorMetadata),
  };
}
