import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

type Level = 'trace' | 'debug' | 'warn' | 'error' | 'fatal';

/**
 * Logs Nest's own messages: start-up messages at debug, warnings and errors at their level.
 *
 * Nest calls `log(message, …more, context)` and `error(message, stack?, context?)`.
 */
export function nestLogger(logger: Logger): LoggerService {
  const at =
    (level: Level) =>
    (message: unknown, ...rest: unknown[]) => {
      const stack = rest.find(isStack);
      const others = rest.filter((part) => part !== stack && part !== undefined);
      const nest = typeof others.at(-1) === 'string' ? others.pop() : undefined;
      const facts = { nest, stack, details: others.length > 0 ? others : undefined };
      if (message instanceof Error) logger[level]({ ...facts, err: message }, message.message);
      else if (typeof message === 'object') logger[level]({ ...facts, details: [message, ...others] }, 'nest');
      else logger[level](facts, String(message));
    };
  return {
    log: at('debug'),
    verbose: at('trace'),
    debug: at('debug'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
  };
}

const isStack = (part: unknown): part is string => typeof part === 'string' && /\n[\t ]+at /.test(part);
