import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Nest's own messages as log lines: its start-up chatter as debug, its complaints as they are. */
export function nestLogger(logger: Logger): LoggerService {
  const at = (level: 'debug' | 'warn' | 'error') => (message: unknown, ...rest: unknown[]) =>
    logger[level]({ nest: rest.at(-1) }, message instanceof Error ? (message.stack ?? message.message) : String(message));
  return { log: at('debug'), verbose: at('debug'), debug: at('debug'), warn: at('warn'), error: at('error'), fatal: at('error') };
}
