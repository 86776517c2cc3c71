import { mongo } from 'mongoose';
import { numberOf, objectOf, type JsonObject } from '../explain/explain-json.js';

/** An answer that the driver has not parsed: each field is when it is read, the documents of a batch are not at all. */
interface UnparsedReply {
  getNumber(name: string): number | null;
  get(name: string, type: number): { size(): number } | null;
  toBytes(): Uint8Array;
  /** Of a cursor. */
  readonly batchSize?: number;
  readonly id?: mongo.Long;
}

/** The answer to a command. */
export type CommandReply = UnparsedReply | JsonObject;

const { object, array } = mongo.BSONType;

/** Documents in a cursor's batch, of a write (`n`), of findAndModify (`value`), or of distinct (`values`). */
export function documentsIn(reply: CommandReply): number {
  if (!isUnparsed(reply)) return documentsInParsed(reply);
  if (reply.batchSize !== undefined) return reply.batchSize;
  const written = reply.getNumber('n');
  if (written !== null) return written;
  return reply.get('values', array)?.size() ?? (reply.get('value', object) ? 1 : 0);
}

/** Of the cursor that an answer opens or reads; 0 or undefined if all is read. */
export const cursorIn = (reply: CommandReply): unknown =>
  isUnparsed(reply) ? (reply.batchSize === undefined ? undefined : reply.id) : objectOf(reply.cursor).id;

export const bytesOf = (reply: CommandReply): number =>
  isUnparsed(reply) ? reply.toBytes().byteLength : mongo.BSON.calculateObjectSize(reply);

const isUnparsed = (reply: CommandReply): reply is UnparsedReply => typeof reply.toBytes === 'function';

function documentsInParsed({ cursor, n, value, values }: JsonObject): number {
  const { firstBatch, nextBatch } = objectOf(cursor);
  for (const list of [firstBatch, nextBatch, values]) if (Array.isArray(list)) return list.length;
  return numberOf(n) ?? (value ? 1 : 0);
}
