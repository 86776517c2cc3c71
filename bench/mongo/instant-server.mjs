import { createServer } from 'node:net';
import { BSON } from 'mongodb';

const OP_QUERY = 2004;
const OP_MSG = 2013;
const OP_REPLY = 1;
const HEADER_BYTES = 16;
/** Header and flag bits of an OP_MSG, before its first section. */
const SECTIONS_AT = HEADER_BYTES + 4;
const REPLY_BYTES = 20;

const HELLO = {
  helloOk: true,
  isWritablePrimary: true,
  ismaster: true,
  maxBsonObjectSize: 16 * 1024 * 1024,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  minWireVersion: 0,
  maxWireVersion: 25,
  readOnly: false,
  ok: 1,
};

const documentAt = (n) => ({ _id: n, owner: n % 100, at: n, text: 'x'.repeat(200) });
const cursorOf = (length) => ({
  cursor: { firstBatch: Array.from({ length }, (_, n) => documentAt(n)), id: BSON.Long.ZERO, ns: 'bench_cost.notes' },
  ok: 1,
});

const ONE = BSON.serialize(cursorOf(1));
const TEN = BSON.serialize(cursorOf(10));
const WRITTEN = BSON.serialize({ n: 1, nModified: 1, ok: 1 });
const OK = BSON.serialize({ ok: 1 });

/**
 * A server of MongoDB's wire protocol that does nothing: it answers each read with the same documents, and each write
 * with success. So the cost of a client shows, which a server that works hides.
 * @returns {import('node:net').Server} not listening yet
 */
export const instantServer = () => createServer({ noDelay: true }, serve);

function serve(socket) {
  let pending = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    const answers = [];
    while (pending.length >= HEADER_BYTES && pending.length >= pending.readInt32LE(0)) {
      const length = pending.readInt32LE(0);
      answers.push(answerTo(pending.subarray(0, length)));
      pending = pending.subarray(length);
    }
    if (answers.length > 0) socket.write(Buffer.concat(answers));
  });
}

function answerTo(message) {
  const id = message.readInt32LE(4);
  if (message.readInt32LE(12) === OP_QUERY) return reply(id, BSON.serialize({ ...HELLO, localTime: new Date() }));
  return response(id, bodyFor(message));
}

/** The name of a command is the first key of its document, which begins after the kind of the section. */
function bodyFor(message) {
  const nameAt = SECTIONS_AT + 1 + 4 + 1;
  const name = message.toString('latin1', nameAt, message.indexOf(0, nameAt));
  if (name === 'find') return message.includes('\u0000sort\u0000', SECTIONS_AT, 'latin1') ? TEN : ONE;
  if (name === 'update') return WRITTEN;
  if (name === 'hello') return BSON.serialize({ ...HELLO, localTime: new Date() });
  return OK;
}

function reply(responseTo, body) {
  const head = headOf(HEADER_BYTES + REPLY_BYTES, body, responseTo, OP_REPLY);
  head.writeInt32LE(1, HEADER_BYTES + 16); // number of documents
  return Buffer.concat([head, body]);
}

const response = (responseTo, body) => Buffer.concat([headOf(SECTIONS_AT + 1, body, responseTo, OP_MSG), body]);

function headOf(bytes, body, responseTo, opcode) {
  const head = Buffer.alloc(bytes);
  head.writeInt32LE(bytes + body.length, 0);
  head.writeInt32LE(responseTo, 8);
  head.writeInt32LE(opcode, 12);
  return head;
}
