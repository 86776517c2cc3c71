import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblem } from '@slipstream/contracts';
import { fromFramework } from '@slipstream/health';
import type { Logger } from '@slipstream/telemetry';
import { GATEWAY_LOGGER } from './gateway-logger.js';
import { findContext } from './request-context.js';

/** Answers every error of a controller as a problem document, and logs those that are our own fault. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(GATEWAY_LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { raw, id } = http.getRequest<FastifyRequest>();
    const requestId = findContext(raw)?.requestId ?? id;
    const { status, headers, body } = toProblem(fromFramework(error), requestId);
    if (status === 500) this.logger.error({ err: error, requestId }, 'request failed');
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    // Fastify would close after a 413, and reset a client that still sends; the listener reads on instead.
    reply.removeHeader('connection');
    void reply.code(status).headers(headers).send(JSON.stringify(body));
  }
}
