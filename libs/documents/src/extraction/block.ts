/** A piece of a document's text, in reading order. */
export type Block =
  | { type: 'heading'; text: string; page?: number }
  | { type: 'text'; text: string; page?: number }
  /** One row of a table; `header` names its columns. */
  | { type: 'row'; text: string; header?: string; page?: number };

/** Pages, slides or sheets that have been read so far. */
export interface PagesRead {
  pagesDone: number;
  /** Absent while the number is not known. */
  pagesTotal?: number;
}

/** Blocks that were extracted together, and how far the extraction has come with them. */
export interface ExtractedPart extends PagesRead {
  blocks: Block[];
}
