import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { DependencyUnavailableError, SlipstreamError, type DocumentKind } from '@slipstream/contracts';
import { Client } from 'undici';
import type { ExtractedPart } from '../block.js';
import { ExtractionError } from '../extraction.error.js';
import { extractInThread, type ExtractionOptions } from '../extraction.js';
import { temporaryFile } from '../temporary-file.js';
import { FileSource } from '../file-source.js';
import { MEDIA_TYPES } from './media-types.js';
import { rejectionOf } from './rejection.js';

export interface ExternalExtractorOptions {
  /** Base URL, as Open WebUI's EXTERNAL_DOCUMENT_LOADER_URL: files go to `{url}/process`. */
  url: string;
  /** Sent as a bearer token. */
  apiKey?: string;
  /** Kinds of files that it gets at once. It always gets a PDF without text. */
  kinds: readonly DocumentKind[];
  /** Longest time for one file, from connecting to the end of the answer. */
  timeoutMs: number;
  /** Largest answer. */
  maxAnswerBytes: number;
}

/** A file to send. */
export interface FileToExtract {
  content: FileHandle;
  kind: DocumentKind;
  name: string;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** Gets the text of files from another server, by the protocol of Open WebUI's external document loader. */
export class ExternalExtractor {
  private readonly url: URL;

  constructor(private readonly options: ExternalExtractorOptions) {
    this.url = new URL(`${options.url.endsWith('/') ? options.url.slice(0, -1) : options.url}/process`);
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
      yield* extractInThread({ fd: answer.fd, kind: 'external-answer', skipParts: 0 }, extraction, signal);
    } catch (error) {
      throw error instanceof ExtractionError && error.code === 'document_damaged' ? invalidAnswer(error) : error;
    } finally {
      await answer.close();
    }
  }

  private async answerTo(file: FileToExtract, signal: AbortSignal): Promise<FileHandle> {
    const deadline = AbortSignal.timeout(this.options.timeoutMs);
    const client = new Client(this.url.origin, {
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

  private send(client: Client, { content, kind, name }: FileToExtract, signal: AbortSignal) {
    const { apiKey } = this.options;
    const source = new FileSource(content.fd);
    return client.request({
      method: 'PUT',
      path: `${this.url.pathname}${this.url.search}`,
      headers: {
        accept: 'application/json',
        'content-type': MEDIA_TYPES[kind],
        'content-length': String(source.bytes),
        'x-filename': encodeURIComponent(name.toWellFormed()),
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      // A stream of the descriptor would close it.
      body: Readable.from(source.chunks()),
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

const invalidAnswer = (cause: unknown): SlipstreamError =>
  new SlipstreamError(
    'document_extractor_failed',
    'The external extractor answered something other than {page_content, metadata} or a list of these.',
    { cause, isRetryable: true },
  );
