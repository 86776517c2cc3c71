import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { cannotListen } from '@slipstream/health';
import { AllowedHosts, ConnectionAnswers, Peers, refuseUnparsable, type ConnectionCounts } from '@slipstream/http';
import { HandshakeIntake, isWebSocketHandshake } from './handshake-intake.js';
import type { IntakeParts } from './intake-parts.js';
import { ListenerConnections } from './listener-connections.js';
import type { ListenerLimits, ListenerOptions } from './listener-options.js';
import { TLS_CONTEXT, createPublicServer, type PublicServer } from './public-server.js';
import { RequestIntake } from './request-intake.js';
import { RequestObserver } from './request-observer.js';
import type { TlsPair } from './tls-pair.js';
import { unlistedProxies } from './unlisted-proxies.js';

/**
 * The public listener. It owns the server: it gives each request an id and a trace, passes it to the handler of its
 * route, measures it, and waits for running requests at the end.
 */
export class Listener {
  private readonly server: PublicServer;
  private readonly parts: IntakeParts;
  private readonly requests: RequestIntake;
  private readonly handshakes: HandshakeIntake;

  constructor(private readonly options: ListenerOptions) {
    const { upgrade, tls, trustedPeers = [], allowedHosts = [], logger } = options;
    const answers = new ConnectionAnswers();
    // An unsupported protocol is not a reason to refuse: the request is answered as it is (RFC 9110 section 7.8). The
    // protocol is also not switched before earlier answers are sent, because they would share the connection with it.
    const shouldUpgrade = (request: IncomingMessage) =>
      upgrade !== undefined && isWebSocketHandshake(request) && !answers.underWay(request.socket);
    this.server = createPublicServer({
      tls,
      shouldUpgrade,
      onRequest: (request, response) => this.requests.receive(request, response),
    });
    this.server.on('clientError', (error: Error, socket: Duplex) => this.refuseUnparsed(error, socket as Socket));
    this.server.on('connect', (request: IncomingMessage, client: Duplex | ServerResponse) =>
      this.handshakes.refuseTunnel(request, client),
    );
    if (upgrade)
      this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
        this.handshakes.takeOver(upgrade, request, socket, head),
      );
    const peers = new Peers(trustedPeers, unlistedProxies(logger));
    const connections = new ListenerConnections(this.server, peers, options);
    const observer = new RequestObserver(options);
    const hosts = this.acceptedHosts(allowedHosts);
    this.parts = { options, peers, observer, answers, connections, hosts, isDraining: false };
    this.requests = new RequestIntake(this.parts);
    this.handshakes = new HandshakeIntake(this.parts);
  }

  /** @returns its URL @throws StartupError if it can't listen */
  async listen(): Promise<string> {
    const { name = 'public', portSetting = 'PORT', host, port, sharesPort: reusePort = false, tls } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error) => reject(cannotListen(error, name, host, port, portSetting)));
      this.server.listen({ port, host, reusePort }, resolve);
    });
    const { address, port: taken } = this.server.address() as AddressInfo;
    return `${tls ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${taken}`;
  }

  /**
   * New connections use this certificate; open ones continue.
   * @throws Error if it is invalid
   */
  useCertificate(pair: TlsPair): void {
    if ('setSecureContext' in this.server) this.server.setSecureContext({ ...TLS_CONTEXT, ...pair });
  }

  /** Replaces the limits of new requests and connections. */
  setLimits({ allowedHosts = [], ...connections }: ListenerLimits): void {
    this.parts.hosts = this.acceptedHosts(allowedHosts);
    this.parts.connections.setLimits(connections);
  }

  /** Sets the route template of a running request, for metrics. */
  label(request: IncomingMessage, template: string): void {
    this.parts.observer.label(request, template);
  }

  /**
   * For a second, ends each connection with its running or next answer. Then accepts no new connections, sends GOAWAY
   * to HTTP/2 clients, ends idle connections, and resolves when every request is answered.
   */
  async drain(): Promise<void> {
    const { parts } = this;
    parts.isDraining = true;
    parts.connections.endWithAnswers();
    await parts.connections.linger();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    parts.connections.drain();
    await closed;
  }

  /** Ends every connection at once. */
  close(): void {
    this.server.close();
    this.parts.connections.destroy();
  }

  connectionCounts(): ConnectionCounts {
    return this.parts.connections.counts();
  }

  /** @returns undefined if any host name is accepted */
  private acceptedHosts(names: readonly string[]): AllowedHosts | undefined {
    return names.length > 0 ? new AllowedHosts({ names, isPrivate: this.options.acceptsPrivateHosts }) : undefined;
  }

  /** Requests that Node could not parse, or that arrived too slowly. */
  private refuseUnparsed(error: Error, socket: Socket): void {
    const status = refuseUnparsable(error, socket, this.parts.answers);
    if (status !== undefined) this.parts.observer.refused(socket, status);
  }
}
