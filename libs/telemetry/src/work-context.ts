import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from '@slipstream/contracts';

/** Fields of every log line of one piece of work, and its span. */
export interface WorkContext {
  requestId?: string;
  /** W3C `traceparent`. */
  traceparent?: string;
  jobId?: string;
  /** Parent of the spans of its calls. Absent: they are not recorded. */
  span?: Span;
}

const storage = new AsyncLocalStorage<WorkContext>();

/** Runs `work`. All of its log lines, now or later, carry `context`. */
export const runInContext = <T>(context: WorkContext, work: () => T): T => storage.run(context, work);

/** Returns the context of the running work, if it has one. */
export const currentContext = (): WorkContext | undefined => storage.getStore();
