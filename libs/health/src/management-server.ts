import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import {
  AllowedHosts,
  ConnectionAnswers,
  HTTP1_LIMITS,
  MAX_HEAD_FIELDS,
  expectsContinue,
  hasBody,
  limitUploadSilence,
  refuseUnparsable,
  requestViolation,
  scopeConnections,
} from '@slipstream/http';
import { requestIdFrom, runInContext } from '@slipstream/telemetry';
import { NO_ROUTE_SCHEMAS } from './no-route-schemas.js';

/** Options with which Fastify creates the server. */
export const MANAGEMENT_SERVER = {
  ...NO_ROUTE_SCHEMAS,
  ...HTTP1_LIMITS,
  http: HTTP1_LIMITS,
  bodyLimit: 1024 * 1024,
  genReqId: ({ headers }: Pick<IncomingMessage, 'headers'>) => requestIdFrom(headers['x-request-id']),
};

/** Every answer and log line of a request carries its id. */
export function identifyRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ id: requestId }, reply, done) => {
    void reply.header('x-request-id', requestId);
    runInContext({ requestId }, done);
  });
  // The end of a body is an event of the connection, outside of that context.
  fastify.addHook('preValidation', ({ id: requestId }, _reply, done) => runInContext({ requestId }, done));
}

/**
 * Applies the limits and refusals of the public listener to the management listener.
 * @param allowedHosts host names besides those of private networks
 */
export function refuseAsPublic(fastify: FastifyInstance, allowedHosts: readonly string[]): void {
  const hosts = new AllowedHosts({ names: allowedHosts, isPrivate: true });
  fastify.addHook('onRequest', async ({ raw }) => {
    if (hasBody(raw)) limitUploadSilence(raw);
    const violation = requestViolation(raw) ?? hosts.violation(raw);
    if (violation) throw violation;
  });
  const server = Object.assign(fastify.server, { maxHeadersCount: MAX_HEAD_FIELDS + 1 });
  scopeConnections(server);
  answerExpectations(server);
  refuseGarbage(server);
}

/** Replaces Fastify's own handler, which would write into a running answer. */
function refuseGarbage(server: Server): void {
  const answers = new ConnectionAnswers();
  server.prependListener('request', (request, response) => {
    answers.began(request, response);
    response.once('close', () => answers.ended(request, response));
  });
  server
    .removeAllListeners('clientError')
    .on('clientError', (error, socket) => refuseUnparsable(error, socket as Socket, answers));
}

/** Otherwise Node would answer an unknown expectation itself. */
function answerExpectations(server: Server): void {
  for (const event of ['checkContinue', 'checkExpectation']) {
    server.on(event, (request: IncomingMessage, response: ServerResponse) => {
      if (expectsContinue(request)) response.writeContinue();
      server.emit('request', request, response);
    });
  }
}
