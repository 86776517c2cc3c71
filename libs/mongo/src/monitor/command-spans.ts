import { currentContext, errorType } from '@slipstream/telemetry';
import type { Span } from '@slipstream/contracts';
import type { JsonObject } from '../explain/explain-json.js';
import type { CommandEnd, CommandObserver } from './command-tap.js';

/** Records the commands of recorded requests and jobs, without their values. */
export class CommandSpans implements CommandObserver<Span> {
  started(operation: string, command: JsonObject, namespace: string): Span | undefined {
    const parent = currentContext()?.span;
    if (!parent) return undefined;
    const target = command[operation];
    const collection = typeof target === 'string' ? target : undefined;
    const attributes = {
      'db.system.name': 'mongodb',
      'db.namespace': namespace,
      'db.operation.name': operation,
      'db.collection.name': collection,
    };
    const name = collection === undefined ? operation : `${operation} ${collection}`;
    return parent.child({ name, kind: 'client', attributes });
  }

  ended(span: Span, _durationMs: number, end: CommandEnd): void {
    span.end({ error: 'error' in end ? errorType(end.error) : undefined });
  }
}
