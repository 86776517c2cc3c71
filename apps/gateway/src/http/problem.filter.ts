import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '@slipstream/telemetry';
import { GATEWAY_LOGGER } from './gateway-logger.js';
import { toProblem } from './problem.js';
import { findContext } from './request-context.js';

/** Answers every error of a controller as a problem document, and logs those that are our own fault. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(GATEWAY_LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { raw, id } = http.getRequest<FastifyRequest>();
    const requestId = findContext(raw)?.requestId ?? id;
    const { problem, headers } = toProblem(error, requestId);
    if (problem.status === 500) this.logger.error({ err: error, requestId }, 'request failed');
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    // Fastify would close after a 413, and reset a client that still sends; the listener reads on instead.
    reply.removeHeader('connection');
    void reply.code(problem.status).headers(headers).type('application/problem+json').send(JSON.stringify(problem));
  }
}
