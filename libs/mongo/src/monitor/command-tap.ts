import { createRequire } from 'node:module';
import type { mongo } from 'mongoose';
import type { JsonObject } from '../explain/explain-json.js';
import type { CommandReply } from './command-reply.js';

/** Result of a command, for observers. */
export type CommandEnd = { readonly reply: CommandReply } | { readonly error: unknown };

/** Observes the commands of a client. It must not wait, and gets the command itself, which it must not change. */
export interface CommandObserver<Running = unknown> {
  /** @returns the argument of {@link ended}; undefined if this command is not observed */
  started(name: string, command: JsonObject, database: string): Running | undefined;
  ended(running: Running, durationMs: number, end: CommandEnd): void;
}

/** The part of a driver's connection that sends a command. */
interface Sender {
  command(
    namespace: { db: string },
    command: JsonObject,
    options?: { session?: { client: mongo.MongoClient } },
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
    if (by === undefined) return send.call(this, namespace, command, options, responseType);
    return observed(by, namespace.db, command, () => send.call(this, namespace, command, options, responseType));
  };
}

function observed(
  by: readonly CommandObserver[],
  database: string,
  command: JsonObject,
  send: () => Promise<CommandReply>,
): Promise<CommandReply> {
  const name = firstName(command);
  const startedAt = performance.now();
  let result: Promise<CommandReply> | undefined;
  for (const observer of by) {
    const running = quietly(() => observer.started(name, command, database));
    if (running === undefined) continue;
    result ??= send();
    const end = (how: CommandEnd) => quietly(() => observer.ended(running, performance.now() - startedAt, how));
    void result.then(
      (reply) => end({ reply }),
      (error: unknown) => end({ error }),
    );
  }
  return result ?? send();
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
