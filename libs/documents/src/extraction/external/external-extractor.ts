import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { DependencyUnavailableError, SlipstreamError, type DocumentKind } from '@slipstream/contracts';
import type { Client } from 'undici';
import type { ExtractedPart } from '../block.js';
import { ExtractionError } from '../extraction.error.js';
import { extractInThread, type ExtractionOptions } from '../extraction.js';
import { temporaryFile } from '../temporary-file.js';
import type { ExternalDriver, FileToExtract } from './driver.js';
import { EXTERNAL_DRIVERS, type ExternalProtocol } from './drivers.js';
import { rejectionOf } from './rejection.js';

export interface ExternalExtractorOptions {
  protocol: ExternalProtocol;
  /** Base URL, as Open WebUI's EXTERNAL_DOCUMENT_LOADER_URL, TIKA_SERVER_URL or DOCLING_SERVER_URL. */
  url: string;
  apiKey?: string;
  /** Kinds of files that it gets at once. It always gets a PDF without text. */
  kinds: readonly DocumentKind[];
  /** Longest time for one file, from connecting to the end of the answer. */
  timeoutMs: number;
  /** Largest answer. */
  maxAnswerBytes: number;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** Gets the text of files from another server, by the protocol of its driver. */
export class ExternalExtractor {
  private readonly url: URL;
  private readonly driver: ExternalDriver;

  constructor(private readonly options: ExternalExtractorOptions) {
    this.driver = EXTERNAL_DRIVERS[options.protocol];
    this.url = new URL(`${options.url.endsWith('/') ? options.url.slice(0, -1) : options.url}${this.driver.path}`);
  }

  /** Whether files of this kind are sent without an attempt to read them here. */
  takes(kind: DocumentKind): boolean {
    return this.options.kinds.includes(kind);
  }

  /**
   * Sends the file, and reads the answer in a thread, under the limits of other files. Redirects are not followed: they
   * would move file and key to a server that the operator did not name.
   * @throws ExtractionError @throws SlipstreamError `document_extractor_failed`
   * @throws DependencyUnavailableError `document_extractor_unavailable`
   * @throws the signal's reason when it aborts
   */
  async *extract(
    file: FileToExtract,
    extraction: ExtractionOptions,
    signal: AbortSignal,
  ): AsyncGenerator<ExtractedPart, void, void> {
    const answer = await this.answerTo(file, signal);
    try {
      yield* extractInThread({ fd: answer.fd, kind: this.driver.answer, skipParts: 0 }, extraction, signal);
    } finally {
      await answer.close();
    }
  }

  private async answerTo(file: FileToExtract, signal: AbortSignal): Promise<FileHandle> {
    const deadline = AbortSignal.timeout(this.options.timeoutMs);
    const undici = await import('undici'); // loads an HTTP client, which most processes never need
    const client = new undici.Client(this.url.origin, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    try {
      return await this.exchange(client, file, AbortSignal.any([signal, deadline]));
    } catch (error) {
      signal.throwIfAborted();
      throw deadline.aborted ? this.timedOut(error) : error;
    } finally {
      await client.destroy();
    }
  }

  private async exchange(client: Client, file: FileToExtract, signal: AbortSignal): Promise<FileHandle> {
    const answer = await this.send(client, file, signal).catch(unavailable);
    if (answer.statusCode !== 200) throw await rejectionOf(answer).catch(unavailable);
    const { maxAnswerBytes } = this.options;
    return temporaryFile(Readable.from(limited(answer.body, maxAnswerBytes)), signal);
  }

  private send(client: Client, file: FileToExtract, signal: AbortSignal) {
    const { apiKey } = this.options;
    const { headers, bytes, body } = this.driver.uploadOf(file);
    return client.request({
      method: this.driver.method,
      path: `${this.url.pathname}${this.url.search}`,
      headers: {
        accept: 'application/json',
        'content-length': String(bytes),
        ...headers,
        ...(apiKey !== undefined && this.driver.keyFields(apiKey)),
      },
      // A stream of the descriptor would close it.
      body: Readable.from(body),
      signal,
    });
  }

  private timedOut(cause: unknown): SlipstreamError {
    return new SlipstreamError(
      'document_extractor_failed',
      `The external extractor did not answer within ${this.options.timeoutMs} ms ` +
        '(documents.extractors.external.timeoutMs).',
      { cause, isRetryable: true },
    );
  }
}

async function* limited(body: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer, void, void> {
  let bytes = 0;
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await chunks.next().catch(unavailable);
    if (done) return;
    if ((bytes += value.length) > maxBytes) throw tooLarge(maxBytes);
    yield value;
  }
}

const tooLarge = (maxBytes: number): ExtractionError =>
  new ExtractionError(
    'document_too_complex',
    `The external extractor's answer is larger than ${maxBytes} bytes (documents.extractors.external.maxAnswerBytes).`,
  );

/** An error of the connection says nothing about the file. */
function unavailable(cause: unknown): never {
  throw new DependencyUnavailableError('document_extractor', { cause });
}
