import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  ALLOWED_METHODS,
  expectsContinue,
  hasBody,
  isHttp2,
  limitUploadSilence,
  requestViolation,
  sendProblem,
  takeForward,
  type RequestContext,
  type TimedResponse,
} from '@slipstream/http';
import type { SlipstreamError } from '@slipstream/contracts';
import { runInContext } from '@slipstream/telemetry';
import { createContext } from './create-context.js';
import { discardRest } from './discard-rest.js';
import type { IntakeParts } from './intake-parts.js';
import { Pipeline } from './pipeline.js';
import { findContext } from './request-context.js';
import { routeOf, type Route } from './routes.js';

/** Gives each request its context, refuses invalid ones, and passes the others to the handlers of their routes. */
export class RequestIntake {
  private readonly pipeline = new Pipeline();
  /** Value of Strict-Transport-Security. */
  private readonly hsts?: string;

  constructor(private readonly parts: IntakeParts) {
    const { tls, hstsMaxAgeSeconds } = parts.options;
    if (tls && hstsMaxAgeSeconds !== undefined) this.hsts = `max-age=${hstsMaxAgeSeconds}`;
  }

  receive(request: IncomingMessage, response: ServerResponse): void {
    const { answers } = this.parts;
    if (answers.isEnding(request.socket)) return; // it arrived directly behind the last one
    if (!isHttp2(request)) answers.began(request, response);
    // Node drops the data that it has read behind such a request, and would parse the rest as the next one.
    if (!isHttp2(request) && request.headers.upgrade !== undefined) answers.endWith(response, request.socket);
    if (response.socket !== null) this.serve(request, response);
    else this.pipeline.wait(response, () => this.serve(request, response));
  }

  /** An error that a handler throws synchronously ends its request, and, over HTTP/1.1, the connection. */
  private serve(request: IncomingMessage, response: ServerResponse): void {
    try {
      this.answer(request, response);
    } catch (error) {
      const { options, answers } = this.parts;
      options.logger.error(
        { err: error },
        'a request failed unexpectedly and was answered with 500; report the error with this line',
      );
      options.onUncaughtError?.();
      if (!isHttp2(request)) answers.endWith(response, request.socket);
      sendProblem(response, error, findContext(request)?.requestId ?? '');
    }
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { options, peers, observer, hosts, isDraining } = this.parts;
    const context = createContext(request, peers, options.tracer, observer.timeline());
    const route = routeOf(context.url);
    // Answers of the web pool have their own field.
    if (route !== 'web') response.setHeader('x-request-id', context.requestId);
    if (isDraining) response.shouldKeepAlive = false;
    this.measure(request, response, context, route);
    if (hasBody(request)) {
      limitUploadSilence(request);
      response.once('finish', () => discardRest(request));
    }
    const violation = requestViolation(request) ?? hosts?.violation(request);
    if (violation) return this.refuse(request, response, violation, context);
    if (this.hsts !== undefined) response.setHeader('strict-transport-security', this.hsts);
    if (!takeForward(request))
      return void response.writeHead(204, { allow: ALLOWED_METHODS, 'x-request-id': context.requestId }).end();
    request.url = context.url;
    if (expectsContinue(request)) response.writeContinue();
    const handle = options.handlers[route];
    if (!context.span) return handle(request, response, context);
    runInContext(context, () => handle(request, response, context)); // the parent of its calls to the stores
  }

  /** The connection ends with the answer: the data behind such a request is not trustworthy. */
  private refuse(
    request: IncomingMessage,
    response: ServerResponse,
    violation: SlipstreamError,
    { requestId }: RequestContext,
  ): void {
    if (!isHttp2(request)) this.parts.answers.endWith(response, request.socket);
    sendProblem(response, violation, requestId);
  }

  private measure(request: IncomingMessage, response: ServerResponse, context: RequestContext, route: Route): void {
    const { observer, connections, answers } = this.parts;
    const observed = observer.begin(request, context, route);
    if (context.timeline) (response as TimedResponse).timeline = context.timeline;
    const use = connections.beginRequest(isHttp2(request) ? undefined : response);
    response.once('close', () => {
      observed.closed(response);
      if (!isHttp2(request)) answers.ended(request, response);
      if (request.complete || isHttp2(request)) connections.endRequest(use);
      // the client still sends, and would lose the answer with the connection
      else request.once('close', () => connections.endRequest(use));
    });
  }
}
