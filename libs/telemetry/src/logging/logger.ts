import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { currentContext } from '../tracing/request-context.js';
import type { LogLevel } from './log-level.js';
import { maskLine, redact } from './redaction.js';

export interface LoggerOptions {
  /** Name of the process's service, on every line. */
  service: string;
  level: LogLevel;
  /** Where lines go. Default: standard output, written at once, so that none is lost when the process ends. */
  destination?: DestinationStream;
}

/** A pino logger of JSON lines: `time` in ISO 8601, `level` by name, ids of the current context, nothing secret. */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  const logger = pino(
    {
      level,
      base: { service, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redact },
      mixin: contextIds,
      hooks: { streamWrite: maskLine },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
  return withRedactedBindings(logger);
}

function contextIds(): object {
  const context = currentContext();
  return context ? { requestId: context.requestId, traceId: context.traceId, spanId: context.spanId } : {};
}

/** pino gives the bindings of a child to no formatter, so they are redacted on their way in. Children inherit this. */
function withRedactedBindings(logger: Logger): Logger {
  const child = logger.child;
  logger.child = function redactedChild(this: Logger, bindings: Record<string, unknown>, ...rest: unknown[]) {
    return Reflect.apply(child, this, [redact(bindings), ...rest]);
  } as typeof child;
  return logger;
}
