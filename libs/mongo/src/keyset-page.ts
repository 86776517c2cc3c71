import type { QueryFilter, Model } from 'mongoose';
import { InvalidInputError, type Page, type PageQuery } from '@slipstream/contracts';

/** Fields of a listed document: the time and id that determine its place in the list. */
export interface Listed {
  _id: string;
  createdAt: Date;
}

/**
 * Returns one page of the documents that match `filter`, newest first. The position is (createdAt, _id) of the last
 * item, so inserts and deletes between two pages neither hide nor repeat others.
 * @throws InvalidInputError `invalid_cursor`
 */
export async function newestFirst<T extends Listed>(
  model: Model<T>,
  filter: QueryFilter<T>,
  { limit, cursor }: PageQuery,
): Promise<Page<T>> {
  const found = await model
    .find({ ...filter, ...(cursor === undefined ? {} : olderThan(decodeCursor(cursor))) })
    .sort({ createdAt: -1, _id: -1 })
    .limit(limit + 1)
    .lean<T[]>();
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length > limit && last
    ? { items, nextCursor: encodeCursor([last.createdAt.getTime(), last._id]) }
    : { items };
}

const olderThan = ([createdAtMs, id]: Place) => {
  const createdAt = new Date(createdAtMs);
  const isOlder = { $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }] };
  // An index can't be bounded by `$or` and provide the order too; the first condition bounds the scan.
  return { createdAt: { $lte: createdAt }, ...isOlder };
};

type Place = [createdAtMs: number, id: string];

/** A cursor is opaque to clients: base64url of a JSON array of numbers and strings. */
export const encodeCursor = (place: readonly (number | string)[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

function decodeCursor(cursor: string): Place {
  const place = parseCursor(cursor);
  const [createdAtMs, id] = place;
  if (place.length !== 2 || !isTime(createdAtMs) || typeof id !== 'string') throw invalidCursor();
  return [createdAtMs, id];
}

/** @throws InvalidInputError `invalid_cursor` if the text is not a JSON array in base64url */
export function parseCursor(cursor: string): unknown[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(place)) return place;
  } catch {
    // continues to the one error that clients get
  }
  throw invalidCursor();
}

export const invalidCursor = (): InvalidInputError =>
  new InvalidInputError('invalid_cursor', 'The cursor does not belong to this list; start again without a cursor.');

const isTime = (value: unknown): value is number =>
  Number.isSafeInteger(value) && !Number.isNaN(new Date(value as number).getTime());
