import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SlipstreamError, statusOf } from '@slipstream/contracts';
import { endWithProblem, requestViolation, sendProblem } from '@slipstream/http';
import { createContext } from './create-context.js';
import type { IntakeParts } from './intake-parts.js';
import type { ListenerOptions } from './listener-options.js';
import { ObservedHandshake } from './observed-handshake.js';
import { routeOf } from './routes.js';

/** Answer to CONNECT. */
const NO_TUNNEL = new SlipstreamError('method_unknown', 'This server is not a tunnel; it does not support CONNECT.');
/** Answer to a handshake on a path without WebSockets. */
const NO_WEBSOCKET = new SlipstreamError('no_websocket');

/** RFC 6455 section 4.1; Node checks Connection. */
export const isWebSocketHandshake = ({ method, httpVersion, headers }: IncomingMessage): boolean =>
  method === 'GET' && httpVersion === '1.1' && headers.upgrade?.toLowerCase() === 'websocket';

/** Takes requests that change the protocol of their connection: WebSocket handshakes and CONNECT. */
export class HandshakeIntake {
  constructor(private readonly parts: IntakeParts) {}

  takeOver(
    upgrade: NonNullable<ListenerOptions['upgrade']>,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void {
    socket.on('error', () => {}); // close follows; the server has released it
    const { options, peers, observer, answers, connections } = this.parts;
    if (answers.isEnding(socket)) return;
    const context = createContext(request, peers, options.tracer, observer.timeline());
    const handshake = new ObservedHandshake(observer.begin(request, context, 'web'), socket as Socket);
    const use = connections.beginRequest(); // WebSockets do not end it: the proxy drains those
    const violation = this.violationOf(request, context.url);
    if (violation) {
      handshake.answered(statusOf(violation.code));
      endWithProblem(socket, violation);
      return connections.endRequest(use);
    }
    request.url = context.url;
    context.onHandshakeAnswered = (status) => {
      handshake.answered(status);
      if (status !== 101) connections.endRequest(use);
    };
    try {
      upgrade(request, socket, head, context);
    } catch (error) {
      this.endFailed(error, handshake, socket);
    }
  }

  /**
   * CONNECT: the gateway is not a tunnel (RFC 9110 section 9.3.6).
   * @param client the response of its stream in HTTP/2, else its socket
   */
  refuseTunnel(request: IncomingMessage, client: Duplex | ServerResponse): void {
    const { options, peers, observer, answers } = this.parts;
    const context = createContext(request, peers, options.tracer, observer.timeline());
    const observed = observer.begin(request, context, 'web');
    const status = statusOf(NO_TUNNEL.code);
    observed.answered(status);
    observed.log(status, 'complete');
    if ('writeHead' in client) sendProblem(client, NO_TUNNEL, context.requestId);
    else if (answers.isEnding(client) || answers.underWay(client))
      client.destroy(); // this would count as that answer
    else endWithProblem(client, NO_TUNNEL);
  }

  /** @param url without what a client may not send */
  private violationOf(request: IncomingMessage, url: string): SlipstreamError | undefined {
    return (
      requestViolation(request) ??
      this.parts.hosts?.violation(request) ??
      (routeOf(url) === 'web' ? undefined : NO_WEBSOCKET)
    );
  }

  private endFailed(error: unknown, handshake: ObservedHandshake, socket: Duplex): void {
    const { logger, onUncaughtError } = this.parts.options;
    logger.error(
      { err: error },
      'a WebSocket handshake failed unexpectedly and its connection was closed; report the error with this line',
    );
    onUncaughtError?.();
    handshake.answered(500);
    socket.destroy();
  }
}
