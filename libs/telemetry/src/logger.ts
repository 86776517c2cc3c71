import { pino, type DestinationStream, type Logger } from 'pino';
import { printableLine } from './printable-line.js';
import { maskText, redact } from './redaction.js';
import { parseTraceparent } from './trace-context.js';
import { currentContext } from './work-context.js';

export type { Logger } from 'pino';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** JSON lines on standard output, or on `destination`. */
export function createLogger(processName: string, level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { process: processName, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: redact },
    // redact() has already converted errors to plain objects; pino's serializer would treat these as errors again
    serializers: { err: (facts: unknown) => facts },
    mixin: contextFields,
    hooks: { streamWrite: (line: string) => printableLine(maskText(line)) },
  };
  return withRedactedBindings(destination ? pino(options, destination) : pino(options));
}

function contextFields(): object {
  const context = currentContext();
  if (!context) return {};
  // its creator may keep more properties there, which are not ours
  const { requestId, jobId, traceparent } = context;
  return { requestId, jobId, traceId: parseTraceparent(traceparent)?.traceId };
}

/** Sets the level of a logger of this library and of all its children. */
export function setLogLevel(logger: Logger, level: LogLevel): void {
  logger.level = level;
  for (const child of CHILDREN.get(logger) ?? []) setLogLevel(child, level);
}

/** pino's children keep the level that their parent had. Children are few: one per service. */
const CHILDREN = new WeakMap<Logger, Logger[]>();

/**
 * pino passes the bindings of a child to no formatter, so they are redacted when it is created. Children inherit this.
 */
function withRedactedBindings(logger: Logger): Logger {
  const child = logger.child;
  logger.child = function redactedChild(this: Logger, bindings: object, ...rest: unknown[]) {
    const made = Reflect.apply(child, this, [redact(bindings), ...rest]) as Logger;
    CHILDREN.set(this as Logger, [...(CHILDREN.get(this as Logger) ?? []), made]);
    return made;
  } as unknown as typeof child;
  return logger;
}
