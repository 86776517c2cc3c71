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
    const sent = (each: JsonObject) => send.call(this, namespace, each, options, responseType);
    if (session === undefined || by === undefined) return sent(command);
    // A refused hint would end a transaction.
    return observed(by, { database: namespace.db, command, isHinted: !session.inTransaction() }, sent);
  };
}

interface Observed {
  readonly database: string;
  readonly command: JsonObject;
  readonly isHinted: boolean;
}

type Send = (command: JsonObject) => Promise<CommandReply>;

function observed(
  by: readonly CommandObserver[],
  { database, command, isHinted }: Observed,
  send: Send,
): Promise<CommandReply> {
  const name = firstName(command);
  const startedAt = performance.now();
  let result: Promise<CommandReply> | undefined;
  for (const observer of by) {
    const running = quietly(() => observer.started(name, command, database));
    if (running === undefined) continue;
    const hint = isHinted ? observer.hintOf?.(running) : undefined;
    result ??= hint === undefined ? send(command) : sendHinted(command, hint, send, observer, running);
    const end = (how: CommandEnd) => quietly(() => observer.ended(running, performance.now() - startedAt, how));
    void result.then(
      (reply) => end({ reply }),
      (error: unknown) => end({ error }),
    );
  }
  return result ?? send(command);
}

/** BadValue (no such index), IndexNotFound, NoQueryExecutionPlans. */
const HINT_ERRORS: ReadonlySet<unknown> = new Set([2, 27, 291]);

async function sendHinted(
  command: JsonObject,
  hint: string,
  send: Send,
  observer: CommandObserver,
  running: unknown,
): Promise<CommandReply> {
  try {
    return await send({ ...command, hint });
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError) || !HINT_ERRORS.has(error.code)) throw error;
    const reply = await send(command);
    quietly(() => observer.hintFailed?.(running, error));
    return reply;
  }
}

/** A failed observer loses a figure, and no query. */
function quietly<T>(observe: () => T): T | undefined {
  try {
    return observe();
  } catch {
    return undefined;
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
