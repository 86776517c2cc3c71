import { createRequire } from 'node:module';
import { mongo } from 'mongoose';
import type { JsonObject } from '../explain/explain-json.js';
import type { CommandReply } from './command-reply.js';

/** Result of a command, for observers. */
export type CommandEnd = { readonly reply: CommandReply } | { readonly error: unknown };

/** Observes the commands of a client. It must not wait, and gets the command itself, which it must not change. */
export interface CommandObserver<Running = unknown> {
  /** @returns the argument of {@link ended}; undefined if this command is not observed */
  started(name: string, command: JsonObject, database: string): Running | undefined;
  ended(running: Running, durationMs: number, end: CommandEnd): void;
  /** @returns the index that a read is to name to the planner */
  hintOf?(running: Running): string | undefined;
  /** The server refused the hint, and did the command without it. */
  hintFailed?(running: Running, error: unknown): void;
}

/** The part of a driver's connection that sends a command. */
interface Sender {
  command(
    namespace: { db: string },
    command: JsonObject,
    options?: { session?: { client: mongo.MongoClient; inTransaction(): boolean } },
    responseType?: unknown,
  ): Promise<CommandReply>;
}

const observers = new WeakMap<mongo.MongoClient, readonly CommandObserver[]>();
let isTapped = false;

/**
 * Reports the commands of this client from now on, in the context of the work that sent them.
 *
 * The driver's own command monitoring costs a tenth of its processor time: it parses every answer twice, and passes two
 * objects through four emitters. So this wraps the method that sends a command, as OpenTelemetry's instrumentation does
 * ([decision](../../../../docs/decisions/2026-11-27-commands-are-tapped-at-the-connection.md)).
 * @throws TypeError if the driver has no such method
 */
export function observeCommands(client: mongo.MongoClient, by: readonly CommandObserver[]): void {
  tap();
  observers.set(client, by);
}

function tap(): void {
  if (isTapped) return;
  const { prototype } = connectionClass();
  const send = prototype.command;
  if (typeof send !== 'function') throw new TypeError('this version of the mongodb driver has no Connection.command');
  isTapped = true;
  prototype.command = function (this: Sender, namespace, command, options, responseType) {
    const session = options?.session;
    const by = session === undefined ? undefined : observers.get(session.client);
    const runs = by && started(by, command, namespace.db);
    if (session === undefined || runs === undefined) return send.call(this, namespace, command, options, responseType);
    const startedAt = performance.now();
    // A refused hint would end a transaction.
    const hinted = session.inTransaction() ? undefined : hintedOf(runs);
    const result =
      hinted === undefined
        ? send.call(this, namespace, command, options, responseType)
        : sendHinted(command, hinted, (each) => send.call(this, namespace, each, options, responseType));
    void result.then(
      (reply) => ended(runs, startedAt, { reply }),
      (error: unknown) => ended(runs, startedAt, { error }),
    );
    return result;
  };
}

/** A command at one of its observers; mostly there is one, so that a list is not worth its cost. */
interface Run {
  readonly observer: CommandObserver;
  readonly running: unknown;
  readonly next: Run | undefined;
}

/** @returns undefined if nothing observes this command */
function started(by: readonly CommandObserver[], command: JsonObject, database: string): Run | undefined {
  const name = firstName(command);
  let runs: Run | undefined;
  for (const observer of by) {
    try {
      const running = observer.started(name, command, database);
      if (running !== undefined) runs = { observer, running, next: runs };
    } catch {
      // A failed observer loses a figure, and no query.
    }
  }
  return runs;
}

function ended(runs: Run, startedAt: number, end: CommandEnd): void {
  const durationMs = performance.now() - startedAt;
  for (let run: Run | undefined = runs; run !== undefined; run = run.next) {
    try {
      run.observer.ended(run.running, durationMs, end);
    } catch {
      // As above.
    }
  }
}

interface Hinted {
  readonly hint: string;
  readonly run: Run;
}

function hintedOf(runs: Run): Hinted | undefined {
  for (let run: Run | undefined = runs; run !== undefined; run = run.next) {
    const hint = run.observer.hintOf?.(run.running);
    if (hint !== undefined) return { hint, run };
  }
  return undefined;
}

/** BadValue (no such index), IndexNotFound, NoQueryExecutionPlans. */
const HINT_ERRORS: ReadonlySet<unknown> = new Set([2, 27, 291]);

async function sendHinted(
  command: JsonObject,
  { hint, run }: Hinted,
  send: (command: JsonObject) => Promise<CommandReply>,
): Promise<CommandReply> {
  try {
    return await send({ ...command, hint });
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError) || !HINT_ERRORS.has(error.code)) throw error;
    const reply = await send(command);
    reportFailure(run, error);
    return reply;
  }
}

function reportFailure({ observer, running }: Run, error: unknown): void {
  try {
    observer.hintFailed?.(running, error);
  } catch {
    // As above.
  }
}

function firstName(command: JsonObject): string {
  for (const name in command) return name;
  return '';
}

/** Of the copy of the driver that Mongoose uses. */
function connectionClass(): { prototype: Sender } {
  const fromMongoose = createRequire(createRequire(import.meta.url).resolve('mongoose'));
  const { Connection } = fromMongoose('mongodb/lib/cmap/connection.js') as { Connection: { prototype: Sender } };
  return Connection;
}
