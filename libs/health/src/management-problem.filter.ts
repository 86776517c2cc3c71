import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter, type LoggerService } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SlipstreamError, messageOf, type Problem } from '@slipstream/contracts';

/** Refusals that carry no code of ours: Nest's and Fastify's. The codes are those of the public listener. */
const REFUSALS: Readonly<Record<number, { code: string; title: string; detail?: string }>> = {
  400: { code: 'bad_request', title: 'Bad request' },
  404: { code: 'route_not_found', title: 'Not found' },
  413: { code: 'body_too_large', title: 'Content too large' },
  405: { code: 'method_not_allowed', title: 'Method not allowed' },
  421: { code: 'host_not_allowed', title: 'Misdirected request' },
  431: { code: 'headers_too_large', title: 'Request header fields too large' },
  415: {
    code: 'unsupported_media_type',
    title: 'Unsupported media type',
    detail: 'Send the request body as application/json.',
  },
};
/** What broke on our side is for the log alone: its message may hold an address, a query, a secret. */
const INTERNAL = {
  title: 'Internal error',
  code: 'internal_error',
  detail: 'Something went wrong here. The log has the details.',
};

/** What is not a health result is answered as a problem document (RFC 9457). */
@Catch()
export class ManagementProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: LoggerService) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent) return;
    if (error instanceof HttpException && error.getStatus() === 503)
      return void reply.code(503).send(error.getResponse());
    const problem = problemOf(error);
    if (problem.status === 500) this.logger.error(error);
    void reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

function problemOf(error: unknown): Problem {
  const status = statusOf(error);
  if (status === 500) return { type: 'about:blank', status, ...INTERNAL };
  const {
    code,
    title,
    detail = messageOf(error),
  } = REFUSALS[status] ?? { code: 'request_refused', title: 'Request refused' };
  return { type: 'about:blank', title, status, code: error instanceof SlipstreamError ? error.code : code, detail };
}

/** The status that a guard (`status`), Nest or Fastify (`statusCode`) put on its error; 500 when it has none. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { status, statusCode } = Object(error) as { status?: unknown; statusCode?: unknown };
  const given = status ?? statusCode;
  return typeof given === 'number' && given >= 400 && given < 500 ? given : 500;
}
