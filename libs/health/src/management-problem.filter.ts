import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SlipstreamError, messageOf } from '@slipstream/contracts';

/** What is not a health result is answered as a problem document (RFC 9457). */
@Catch()
export class ManagementProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = statusOf(error);
    if (error instanceof HttpException && status === 503) return void reply.code(503).send(error.getResponse());
    const code = error instanceof SlipstreamError ? error.code : status === 404 ? 'route_not_found' : 'internal_error';
    const problem = { type: 'about:blank', title: status === 500 ? 'Internal error' : messageOf(error), status, code, detail: messageOf(error) };
    void reply.code(status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { status } = error as { status?: unknown };
  return typeof status === 'number' ? status : 500;
}
