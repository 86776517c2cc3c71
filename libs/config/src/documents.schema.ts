import { z } from 'zod';
import { documentKind } from '@slipstream/contracts';
import { hasNoCredentials } from './has-no-credentials.js';
import { between, bytes, count, milliseconds, whole } from './numbers.js';
import { secret } from './secret.js';

const MIB = 1024 * 1024;
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' });

const externalExtractor = z
  .strictObject({
    protocol: z
      .enum(['open-webui', 'tika', 'docling'])
      .default('open-webui')
      .describe(
        "Protocol of the server: Open WebUI's external document loader, the server of Apache Tika 3 or 4, or " +
          'docling-serve.',
      ),
    url: httpUrl
      .refine(hasNoCredentials, 'must not contain credentials; put them into apiKey')
      .optional()
      .describe(
        'Base URL of the server; files go to {url}/process, {url}/rmeta/xml (Tika) or {url}/v1/convert/file ' +
          '(docling-serve). It gets PDFs without text, and files of kinds. Without it these files fail with ' +
          'document_no_text or document_unsupported.',
      ),
    apiKey: secret(z.string().regex(/^[\x21-\x7e]+$/, 'must be ASCII without spaces and line breaks'))
      .optional()
      .describe('Key that is sent to it as a bearer token, or to docling-serve as X-Api-Key. ASCII without spaces.'),
    kinds: z
      .array(documentKind)
      .max(20)
      .default([])
      .describe(
        'Kinds of files that it gets at once, such as unknown (pictures and old office files) or pdf. A PDF without ' +
          'text is always sent.',
      ),
    timeoutMs: milliseconds
      .default(300_000)
      .describe('Longest time for one file, from connecting to the end of the answer. Then the attempt fails.'),
    maxAnswerBytes: bytes.default(64 * MIB).describe('Largest answer.'),
  })
  .refine(({ url, apiKey, kinds }) => url !== undefined || (apiKey === undefined && kinds.length === 0), {
    path: ['url'],
    message: 'is required with apiKey or kinds',
  });

/** Ingestion and search of documents. */
export const documentsSchema = z.strictObject({
  vectorsUrl: z
    .string()
    .min(1)
    .max(2048)
    .default('.slipstream/vectors')
    .describe('Vector store of the document-worker: a folder, which only one process may use, or s3://bucket/path.'),
  searchUrl: httpUrl
    .default('http://127.0.0.1:9903')
    .describe('Management listener of the document-worker. The gateway and the chat-worker send searches to it.'),
  maxFileBytes: bytes.default(100 * MIB).describe('Largest file.'),
  maxTextChars: between(1, 1_000_000_000)
    .default(50_000_000)
    .describe('Largest number of characters of text in one document.'),
  maxUnpackedBytes: bytes
    .default(500 * MIB)
    .describe('Largest number of bytes that the parts of one office file may unpack to.'),
  maxPerUser: count.default(10_000).describe('Largest number of documents of one user.'),
  maxBytesPerUser: bytes.default(10 * 1024 * MIB).describe('Largest total size of the files of one user.'),
  maxOpenPerUser: count
    .default(1_000)
    .describe('Largest number of documents of one user that wait for ingestion or are being ingested.'),
  maxOpen: count
    .default(10_000)
    .describe(
      'Largest number of documents that wait for ingestion or are being ingested. Further uploads get 503 with ' +
        'Retry-After; background uploads get it from half of this number on.',
    ),
  concurrency: count
    .default(2)
    .describe(
      'Number of documents that one worker ingests at a time; fewer if the memory limit does not hold so many.',
    ),
  concurrencyPerKind: count
    .optional()
    .describe(
      'Largest number of documents of one kind, such as pdf, that one worker ingests at a time. Default: concurrency.',
    ),
  leaseMs: milliseconds
    .min(1000)
    .default(10_000)
    .describe('Time after which another worker may take over a document whose worker no longer renews its claim.'),
  sweepIntervalMs: milliseconds.default(2000).describe('Interval of the search for overdue documents.'),
  maxAttempts: count.default(5).describe('Largest number of attempts of one ingestion.'),
  extractionTimeoutMs: milliseconds.default(60_000).describe('Longest time between two parts of the text of a file.'),
  extractionMaxBytes: between(64 * MIB, 16 * 1024 * MIB)
    .optional()
    .describe(
      'Memory of the thread that extracts the text of one file, PDFium included. Default: an equal part, for each of ' +
        "concurrency files, of half the document-worker's memory limit, at least 128 MiB; without a limit 512 MiB.",
    ),
  extractors: z.strictObject({ external: externalExtractor.prefault({}) }).prefault({}),
  chunkTokens: between(16, 8_000).default(300).describe('Largest number of tokens of one passage, as an estimate.'),
  chunkOverlapTokens: whole
    .min(0)
    .max(4_000)
    .default(40)
    .describe('Tokens at the end of a passage that the next one repeats; at most half of chunkTokens.'),
  contextTokens: between(100, 1_000_000)
    .default(2_000)
    .describe('Largest number of tokens, as an estimate, of the passages that a chat message with documentIds adds.'),
  loaderWaitMs: milliseconds
    .default(300_000)
    .describe(
      'Longest time that a request of the document loader waits for the text of its file. After it the request gets ' +
        '503 with Retry-After, and the extraction goes on.',
    ),
  loaderKeptMs: milliseconds
    .default(86_400_000)
    .describe('Time for which the text of a file of the document loader is kept, for further requests with this file.'),
  embeddingModel: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'Model of llm.backends that embeds passages and queries by /v1/embeddings. After a change all documents are ' +
        'embedded again in the background. Default: builtin-hashed-ngrams-v1, which ignores meanings.',
    ),
  embeddingPurpose: z
    .enum(['none', 'prefix', 'input_type'])
    .default('none')
    .describe(
      'How the embedding model learns whether a text is a query or a passage. prefix: by "query: " or "passage: " ' +
        'before the text, as E5 models expect; input_type: by this field of the request.',
    ),
  batchSize: between(1, 2_048).default(64).describe('Number of passages that are embedded and stored at a time.'),
});
