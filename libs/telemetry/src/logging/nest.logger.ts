import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

type Method = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * Nest's own lines, written by pino. Nest calls `log(message, …more messages, context)` and
 * `error(message, stack?, context?)`; what it says while starting is of no use to an operator, so its `log` is our `debug`.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...parameters: unknown[]): void {
    this.write('debug', message, parameters);
  }

  fatal(message: unknown, ...parameters: unknown[]): void {
    this.write('fatal', message, parameters);
  }

  error(message: unknown, ...parameters: unknown[]): void {
    const stack = parameters.find(isStack);
    this.write('error', message, parameters.filter((parameter) => parameter !== stack), stack);
  }

  warn(message: unknown, ...parameters: unknown[]): void {
    this.write('warn', message, parameters);
  }

  debug(message: unknown, ...parameters: unknown[]): void {
    this.write('debug', message, parameters);
  }

  verbose(message: unknown, ...parameters: unknown[]): void {
    this.write('trace', message, parameters);
  }

  private write(method: Method, message: unknown, parameters: unknown[], stack?: string): void {
    const last = parameters.at(-1);
    const context = typeof last === 'string' ? last : undefined;
    const more = context === undefined ? parameters : parameters.slice(0, -1);
    const facts = { context, stack, ...(more.length > 0 && { details: more }) };
    if (message instanceof Error) this.logger[method]({ ...facts, err: message }, message.message);
    else if (typeof message === 'string') this.logger[method](facts, message);
    else this.logger[method]({ ...facts, details: [message, ...more] }, 'nest');
  }
}

const isStack = (parameter: unknown): parameter is string => typeof parameter === 'string' && /\n\s+at /.test(parameter);
