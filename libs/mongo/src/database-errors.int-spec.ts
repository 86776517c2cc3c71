import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { Schema, type Model } from 'mongoose';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { DatabasePool, inNextPlace, insertOnce, unlessDuplicate } from './index.js';
import { FaultyWire, type Fault } from './testing/faulty-wire.js';

const WRITES = new Set(['insert', 'update', 'delete', 'findAndModify']);

/** Codes of a server that can't write just now, by MongoDB's error code table. */
const CODES: readonly [string, number][] = [
  ['OutOfDiskSpace', 14031],
  ['UserWritesBlocked', 371],
  ['NotWritablePrimary', 10107],
  ['PrimarySteppedDown', 189],
  ['ShutdownInProgress', 91],
  ['InterruptedDueToReplStateChange', 11602],
  ['WriteConflict', 112],
  ['LockTimeout', 24],
  ['ExceededTimeLimit', 262],
  ['HostUnreachable', 6],
];
const CONCERNS: readonly [string, number][] = [
  ['WriteConcernTimeout', 64],
  ['UnsatisfiableWriteConcern', 100],
  ['PrimarySteppedDown', 189],
];

/** After these the driver looks for the primary anew, which takes it a heartbeat. */
const MOVED: ReadonlySet<number> = new Set([6, 91, 189, 10107, 11602]);
type Write = 'insert' | 'insert under a place' | 'insert of many' | 'update' | 'find and update' | 'delete';
const writesFor = (code: number, ...writes: Write[]): Write[] => (MOVED.has(code) ? writes.slice(0, 1) : writes);

const refused = (codeName: string, code: number): object => ({
  ok: 0,
  code,
  codeName,
  errmsg: `injected: ${codeName}`,
});
const writeError = (codeName: string, code: number): object => ({
  ok: 1,
  n: 0,
  nModified: 0,
  writeErrors: [{ index: 0, code, errmsg: `injected: ${codeName}` }],
});
const concernError = (codeName: string, code: number): object => ({
  ok: 1,
  n: 1,
  nModified: 1,
  writeConcernError: { code, codeName, errmsg: `injected: ${codeName}` },
});

let wire: FaultyWire;
let pool: DatabasePool;

beforeAll(async () => {
  const uri = new URL(inject('mongodbUri'));
  uri.pathname = `/faults_${randomUUID().slice(0, 8)}`;
  wire = await FaultyWire.before(uri.href);
  pool = new DatabasePool({ uri: wire.uri, minPoolSize: 1, logger: { info: () => undefined, warn: () => undefined } });
});
afterAll(async () => {
  wire.fault = () => undefined;
  await pool.connection.dropDatabase();
  await pool.close();
  wire.close();
});

interface Thing {
  _id: string;
  place: number;
}

let things: Model<Thing>;

beforeAll(async () => {
  const schema = new Schema<Thing>({ _id: String, place: Number }).index({ place: 1 }, { unique: true });
  things = pool.connection.model<Thing>('Thing', schema);
  pool.start();
  await vi.waitFor(() => pool.check(), { timeout: 20_000 });
});

let places = 0;
const fresh = (): Thing => ({ _id: randomUUID(), place: (places += 1) });

/** Each kind of operation that a store does, as stores do it. */
const OPERATIONS = {
  insert: () => pool.run('thing.create', () => insertOnce(things, fresh())),
  'insert under a place': () =>
    inNextPlace(() => pool.run('thing.place', () => unlessDuplicate(things.create(fresh()))), {
      code: 'chat_contended',
      message: 'Contended.',
    }),
  'insert of many': () => pool.run('thing.create_all', () => things.insertMany([fresh(), fresh()])),
  update: () =>
    pool.run('thing.update', () => things.updateOne({ _id: 'u' }, { $set: { place: 0 } }, { upsert: true })),
  'find and update': () =>
    pool.run('thing.mark', () => things.findOneAndUpdate({ _id: 'x' }, { $set: { place: -1 } }).lean<Thing>()),
  delete: () => pool.run('thing.delete', () => things.deleteMany({ _id: 'c' })),
  count: () => pool.run('thing.count', () => things.countDocuments({}, { limit: 1 })),
};

/** Every write meets the fault, and is done when it is over. */
async function expectUnavailable(fault: Fault, names: readonly (keyof typeof OPERATIONS)[]): Promise<void> {
  for (const name of names) {
    await vi.waitFor(() => pool.check(), { timeout: 20_000 });
    wire.fault = fault;
    const error: unknown = await Promise.resolve(OPERATIONS[name]()).catch((thrown: unknown) => thrown);
    wire.fault = () => undefined;
    expect([name, error]).toEqual([name, expect.any(DependencyUnavailableError)]);
    expect(error).toMatchObject({
      code: 'mongodb_unavailable',
      isRetryable: true,
      retryAfterSeconds: expect.any(Number) as number,
    });
    await vi.waitFor(async () => void (await OPERATIONS[name]()), { timeout: 20_000 });
  }
}

const onWrites =
  (response: object): Fault =>
  (command) =>
    WRITES.has(command) ? response : undefined;

describe('a database that can not write just now', () => {
  it.each(CODES)('%s, of a command', (name, code) =>
    expectUnavailable(
      onWrites(refused(name, code)),
      writesFor(code, 'insert', 'insert under a place', 'insert of many', 'update', 'find and update', 'delete'),
    ),
  );

  it.each(CODES)('%s, of a write within a command', (name, code) =>
    expectUnavailable(
      onWrites(writeError(name, code)),
      writesFor(code, 'update', 'insert', 'insert under a place', 'insert of many', 'delete'),
    ),
  );

  it.each(CONCERNS)('%s, of a write concern', (name, code) =>
    expectUnavailable(
      onWrites(concernError(name, code)),
      writesFor(code, 'insert of many', 'insert', 'update', 'delete'),
    ),
  );

  it('a full disk that the server knows by its words only', () =>
    expectUnavailable(onWrites({ ok: 0, code: 8, codeName: 'UnknownError', errmsg: '28: No space left on device' }), [
      'insert',
      'update',
    ]));

  it('a count that took too long', () =>
    expectUnavailable(
      (command) => (command === 'aggregate' || command === 'count' ? refused('MaxTimeMSExpired', 50) : undefined),
      ['count'],
    ));
});

it('a wrong operation stays one', async () => {
  wire.fault = onWrites(refused('BadValue', 2));
  const error: unknown = await OPERATIONS.update().catch((thrown: unknown) => thrown);
  wire.fault = () => undefined;
  expect(error).not.toBeInstanceOf(DependencyUnavailableError);
  expect(error).toMatchObject({ code: 2 });
});
