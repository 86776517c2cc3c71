import { Field, FixedSizeList, Float32, Int32, Schema, Utf8 } from 'apache-arrow';
import type { Chunk, EmbeddedChunk } from '../vector-store.port.js';

const NULLABLE = true;

/** Columns of a space's table. */
export const rowSchema = (dimensions: number): Schema =>
  new Schema([
    new Field('userId', new Utf8(), !NULLABLE),
    new Field('documentId', new Utf8(), !NULLABLE),
    new Field('fence', new Int32(), !NULLABLE),
    new Field('ordinal', new Int32(), !NULLABLE),
    new Field('text', new Utf8(), !NULLABLE),
    new Field('page', new Int32(), NULLABLE),
    new Field('heading', new Utf8(), NULLABLE),
    new Field('start', new Int32(), !NULLABLE),
    new Field('end', new Int32(), !NULLABLE),
    new Field('vector', new FixedSizeList(dimensions, new Field('item', new Float32(), NULLABLE)), !NULLABLE),
  ]);

/** Columns that a search reads: all but the vector. */
export const CHUNK_COLUMNS = ['userId', 'documentId', 'fence', 'ordinal', 'text', 'page', 'heading', 'start', 'end'];

/** A row as LanceDB takes it. */
export const toRow = ({ vector, page, heading, ...rest }: EmbeddedChunk): Record<string, unknown> => ({
  ...rest,
  page: page ?? null,
  heading: heading ?? null,
  vector: Array.from(vector),
});

/** A row as LanceDB returns it. */
export interface StoredRow extends Omit<Chunk, 'page' | 'heading'> {
  page: number | null;
  heading: string | null;
}

export const toChunk = ({ userId, documentId, fence, ordinal, text, page, heading, start, end }: StoredRow): Chunk => ({
  userId,
  documentId,
  fence,
  ordinal,
  text,
  start,
  end,
  ...(page !== null && { page }),
  ...(heading !== null && { heading }),
});
