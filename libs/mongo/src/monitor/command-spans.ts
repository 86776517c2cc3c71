import { currentContext, errorType } from '@slipstream/telemetry';
import type { Span } from '@slipstream/contracts';
import type { CommandSource } from './query-monitor.js';

/** Commands without an answer; further ones have no span. */
const MAX_RUNNING = 10_000;

/** Records the commands of recorded requests and jobs, without their values. */
export class CommandSpans {
  private readonly running = new Map<number, Span>();

  /** Records the commands of this client from now on. */
  watch(client: CommandSource): void {
    client.on('commandStarted', ({ requestId, commandName, databaseName, command }) =>
      this.started(requestId, commandName, databaseName, command[commandName]),
    );
    client.on('commandSucceeded', ({ requestId }) => this.ended(requestId));
    client.on('commandFailed', ({ requestId, failure }) => this.ended(requestId, errorType(failure)));
  }

  private started(requestId: number, operation: string, namespace: string, target: unknown): void {
    const parent = currentContext()?.span;
    if (!parent || this.running.size >= MAX_RUNNING) return;
    const collection = typeof target === 'string' ? target : undefined;
    const attributes = {
      'db.system.name': 'mongodb',
      'db.namespace': namespace,
      'db.operation.name': operation,
      'db.collection.name': collection,
    };
    const name = collection === undefined ? operation : `${operation} ${collection}`;
    this.running.set(requestId, parent.child({ name, kind: 'client', attributes }));
  }

  private ended(requestId: number, error?: string): void {
    const span = this.running.get(requestId);
    if (!span) return;
    this.running.delete(requestId);
    span.end({ error });
  }
}
