import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter, type LoggerService } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { toProblem } from '@slipstream/contracts';
import { fromFramework } from './framework-error.js';

/** What is not a health result is answered as a problem document (RFC 9457). */
@Catch()
export class ManagementProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: LoggerService) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent) return;
    if (error instanceof HttpException && error.getStatus() === 503)
      return void reply.code(503).send(error.getResponse());
    const { status, headers, body } = toProblem(fromFramework(error));
    if (status === 500) this.logger.error(error);
    void reply.code(status).headers(headers).send(JSON.stringify(body));
  }
}
