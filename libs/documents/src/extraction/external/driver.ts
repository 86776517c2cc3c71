import type { FileHandle } from 'node:fs/promises';
import type { DocumentKind } from '@slipstream/contracts';
import type { AnswerKind } from '../extractor.js';

/** A file to send. */
export interface FileToExtract {
  content: FileHandle;
  kind: DocumentKind;
  name: string;
}

/** A request's body and the fields that describe it. */
export interface Upload {
  headers: Readonly<Record<string, string>>;
  bytes: number;
  body: AsyncIterable<Buffer>;
}

/** One protocol of external extractors. */
export interface ExternalDriver {
  method: 'PUT' | 'POST';
  /** Path behind the base URL. */
  path: string;
  /** The extractor that reads its answers. */
  answer: AnswerKind;
  /** The fields that carry the key. */
  keyFields(apiKey: string): Readonly<Record<string, string>>;
  uploadOf(file: FileToExtract): Upload;
}
