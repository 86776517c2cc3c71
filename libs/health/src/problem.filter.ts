import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblem } from '@slipstream/contracts';
import { fromFramework } from './framework-error.js';

/** Answers every error of a controller as a problem document (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /**
   * @param logInternalError writes the log line of an error that is answered with 500
   * @param requestIdOf the id that the answer names; default: none
   */
  constructor(
    private readonly logInternalError: (error: unknown, requestId: string | undefined) => void,
    private readonly requestIdOf: (request: FastifyRequest) => string | undefined = () => undefined,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const requestId = this.requestIdOf(http.getRequest<FastifyRequest>());
    const { status, headers, body } = toProblem(fromFramework(error), requestId);
    if (status === 500) this.logInternalError(error, requestId);
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    // Fastify would close after a 413, and reset a client that still sends; the listener reads on instead.
    reply.removeHeader('connection');
    void reply.code(status).headers(headers).send(JSON.stringify(body));
  }
}
