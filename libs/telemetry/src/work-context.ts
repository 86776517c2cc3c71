import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of one piece of work carries. */
export interface WorkContext {
  requestId?: string;
  /** W3C `traceparent`. */
  traceparent?: string;
  jobId?: string;
}

const storage = new AsyncLocalStorage<WorkContext>();

/** Runs `work`; all that it logs, now or later, carries `context`. */
export const runInContext = <T>(context: WorkContext, work: () => T): T => storage.run(context, work);

/** The context of the work that is running, if it has one. */
export const currentContext = (): WorkContext | undefined => storage.getStore();
