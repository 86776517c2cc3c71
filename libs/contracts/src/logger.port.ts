/** The levels that libraries write. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * The one port for log lines, bound by the app: facts first, then the sentence, as pino has it. A library names the
 * levels that it writes.
 */
export type Logger<Level extends LogLevel = 'debug' | 'info' | 'warn'> = Readonly<
  Record<Level, (facts: object, message: string) => void>
>;
