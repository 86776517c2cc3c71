import { z } from 'zod';
import { id, resource } from './resource.js';

/** How far a document has come: searchable once it is `ready`. */
const documentState = z.enum(['queued', 'extracting', 'embedding', 'ready', 'failed']);
export type DocumentState = z.infer<typeof documentState>;

export const OPEN_DOCUMENT_STATES = ['queued', 'extracting', 'embedding'] as const satisfies DocumentState[];
export const isOpenDocument = (state: DocumentState): boolean => state !== 'ready' && state !== 'failed';

/** The kind of a file's content, derived from the content itself. */
export const documentKind = z.enum([
  'pdf',
  'docx',
  'pptx',
  'xlsx',
  'odt',
  'html',
  'markdown',
  'csv',
  'email',
  'text',
  'unknown',
]);
export type DocumentKind = z.infer<typeof documentKind>;

/** Pages, slides or sheets; formats without pages count as one. */
const pages = z.object({
  done: z.int().min(0),
  /** Absent while the number is not known. */
  total: z.int().min(0).optional(),
});

export const documentResource = resource.extend({
  userId: id,
  /** File name as uploaded, without folders and control characters. */
  name: z.string(),
  kind: documentKind,
  bytes: z.int().min(0),
  state: documentState,
  pages: pages.optional(),
  /** Passages that search can find; set once the document is `ready`. */
  chunks: z.int().min(0).optional(),
  /** Name of the embedder whose vectors search uses for this document. */
  embedder: z.string().optional(),
  /** Why it is `failed`. */
  error: z.object({ code: z.string(), detail: z.string() }).optional(),
  jobId: id,
  eventsUrl: z.string(),
});
export type DocumentResource = z.infer<typeof documentResource>;

/** Path of a document's event stream. */
export const documentEventsUrl = (documentId: string): string => `/slipstream/v1/documents/${documentId}/events`;

/** Answer 202: the file is stored and will be ingested. `eventsUrl` is a path on the same host. */
export const documentAccepted = z.object({ documentId: id, jobId: id, eventsUrl: z.string() });
export type DocumentAccepted = z.infer<typeof documentAccepted>;

/** Longest search query, in UTF-16 code units. */
const MAX_QUERY_LENGTH = 4_000;

export const searchDocuments = z.strictObject({
  query: z.string().trim().min(1).max(MAX_QUERY_LENGTH),
  /** Most passages in the answer. */
  k: z.int().min(1).max(50).default(8),
  documentIds: z.array(id).min(1).max(100).optional().describe('Search only in these. Default: all of the user.'),
});
export type SearchDocuments = z.infer<typeof searchDocuments>;

/** A passage of a document that answers a query. */
const passage = z.object({
  documentId: id,
  name: z.string(),
  text: z.string(),
  /** Reciprocal rank fusion of keyword and vector ranks: larger is better, comparable within one answer only. */
  score: z.number(),
  page: z.int().positive().optional(),
  heading: z.string().optional(),
  /** Where the text begins and ends in the extracted text of the document, in UTF-16 code units. */
  start: z.int().min(0),
  end: z.int().min(0),
});
export type Passage = z.infer<typeof passage>;

/** A passage that the model got. Its text is that of the document from `start` to `end`. */
export const citation = passage.omit({ text: true, score: true }).extend({
  /** The number by which the answer may cite it, such as `[1]`. */
  number: z.int().positive(),
});
export type Citation = z.infer<typeof citation>;

export const searchResult = z.object({
  items: z.array(passage),
  /** Name of the embedder that embedded the query. Absent if it was unavailable: then passages are found by keyword. */
  embedder: z.string().optional(),
});
export type SearchResult = z.infer<typeof searchResult>;
