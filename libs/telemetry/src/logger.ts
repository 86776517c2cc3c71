import { pino, type DestinationStream, type Logger } from 'pino';
import { parseTraceparent } from './trace-context.js';
import { currentContext } from './work-context.js';

export type { Logger } from 'pino';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

const SECRET_FIELDS = ['authorization', 'cookie', 'apiKey', 'password', 'secret', 'token', 'key'];
/** Each secret at the top of a line, and one and two levels down. */
const SECRET_PATHS = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
/** The password of a URL. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*):[^\s@/]*@/gi;

/** The text without the passwords of the URLs in it. */
export const withoutPasswords = (text: string): string => text.replace(URL_PASSWORD, '$1:***@');

/** JSON lines on standard output, or on `destination`. */
export function createLogger(service: string, level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_PATHS, censor: '***' },
    mixin: contextFields,
    hooks: { streamWrite: withoutPasswords },
  };
  return destination ? pino(options, destination) : pino(options);
}

function contextFields(): object {
  const context = currentContext();
  if (!context) return {};
  const { traceparent, ...rest } = context;
  return { ...rest, traceId: parseTraceparent(traceparent)?.traceId };
}
