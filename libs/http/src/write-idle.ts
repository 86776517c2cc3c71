import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import { Socket } from 'node:net';
import { Server as TlsServer, TLSSocket } from 'node:tls';
import { ShortLivedSet } from '@slipstream/contracts';
import { Http1LikeResponse, answerOn } from './http2-messages.js';
import { StalledSessions, nameItself, socketOf } from './stalled-sessions.js';
import { UnreadConnections } from './unread-connections.js';
import type { WriteIdleClient } from './write-idle-client.js';
import { isEventStream, isTunnel } from './write-idle-marks.js';

/** Longest time in which a client may accept none of its waiting bytes. */
export interface WriteIdleLimits {
  /** Limit for all other answers. In ms. */
  idleMs: number;
  /** Limit for event streams and WebSockets. In ms. */
  streamIdleMs: number;
}

/** A client that had bytes waiting at the last check. */
interface Mark {
  takenBytes: number;
  queuedBytes: number;
  sinceMs: number;
}

/** A server whose connections can be watched: HTTP/1.1, HTTP/2 or both, with or without TLS. */
export type WatchableServer = NodeJS.EventEmitter;

/** Checks per limit: a client is ended at most this part of the limit too late. */
const LOOKS_PER_LIMIT = 12;
const MAX_LOOK_INTERVAL_MS = 5_000;

/**
 * Ends clients that stop reading: a connection of HTTP/1.1 or of a WebSocket, one stream of HTTP/2, or a connection of
 * HTTP/2. Only waiting bytes count, so an answer without data may pause. Also ends connections of a server that it does
 * not read (see {@link UnreadConnections}). All connections are checked periodically, so a request costs no timer.
 */
export class WriteIdleWatch {
  private readonly sockets = new Set<Socket>();
  private readonly responses = new ShortLivedSet<Http1LikeResponse>();
  private readonly marks = new Map<Socket | Http1LikeResponse, Mark>();
  private readonly sessions: StalledSessions;
  /** Accepted connections of HTTP/1.1. */
  private readonly accepted = new Set<Socket>();
  private readonly unread: UnreadConnections;

  /**
   * @param onEnded called for each client that was ended, with its connection, or its answer of HTTP/2; without either
   *   for a whole connection of HTTP/2
   */
  constructor(
    private readonly limits: WriteIdleLimits,
    private readonly onEnded: (client: WriteIdleClient, carrier?: Socket | Http1LikeResponse) => void = () => {},
  ) {
    this.sessions = new StalledSessions(limits.idleMs, onEnded);
    this.unread = new UnreadConnections(limits.streamIdleMs, onEnded);
  }

  /** Checks periodically. @returns a function that ends the checks */
  start(): () => void {
    const shortestMs = Math.min(this.limits.idleMs, this.limits.streamIdleMs);
    const intervalMs = Math.min(MAX_LOOK_INTERVAL_MS, Math.ceil(shortestMs / LOOKS_PER_LIMIT));
    const timer = setInterval(() => this.look(performance.now()), intervalMs).unref();
    return () => clearInterval(timer);
  }

  /** Watches one connection from now on: of HTTP/1.1 or of a WebSocket, accepted or made. */
  add(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.marks.delete(socket);
      this.forget(socket);
    });
  }

  /** Watches every connection of a server from now on. */
  watch(server: WatchableServer): void {
    server.prependListener(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      nameItself(socket);
      this.add(socket);
      this.accepted.add(socket);
    });
    server.on('session', (session: Http2Session) => {
      this.sessions.add(session);
      const socket = socketOf(session);
      if (socket) this.forget(socket);
    });
    server.on('stream', (stream: ServerHttp2Stream) => {
      const response = answerOn(stream);
      if (!response) return;
      const place = this.responses.add(response);
      stream.once('close', () => {
        this.responses.delete(place);
        this.marks.delete(response);
      });
    });
  }

  /** @param nowMs on the clock of `performance.now()` */
  look(nowMs: number): void {
    for (const socket of this.sockets) {
      const pendingBytes = socket.writableLength;
      if (pendingBytes > 0 && !socket.destroyed) this.examine(socket, pendingBytes, socket.bytesWritten, nowMs);
      else this.marks.delete(socket);
    }
    for (const response of this.responses) {
      const pendingBytes = response.stream.writableLength;
      if (pendingBytes > 0 && !response.destroyed) this.examine(response, pendingBytes, response.writtenBytes, nowMs);
      else this.marks.delete(response);
    }
    for (const socket of this.accepted) this.unread.look(socket, nowMs);
    this.sessions.look(nowMs);
  }

  private forget(socket: Socket): void {
    this.accepted.delete(socket);
    this.unread.delete(socket);
  }

  private examine(client: Socket | Http1LikeResponse, pendingBytes: number, writtenBytes: number, nowMs: number): void {
    const takenBytes = writtenBytes - pendingBytes;
    const queuedBytes = queuedBytesOf(client);
    const mark = this.marks.get(client);
    if (mark?.takenBytes !== takenBytes || mark.queuedBytes !== queuedBytes)
      return void this.marks.set(client, { takenBytes, queuedBytes, sinceMs: nowMs });
    const idleMs = nowMs - mark.sinceMs;
    if (idleMs < this.limits.idleMs || (idleMs < this.limits.streamIdleMs && isLong(client))) return;
    this.onEnded({ protocol: protocolOf(client), pendingBytes, idleMs }, client);
    if (client instanceof Http1LikeResponse && client.stream.session)
      this.sessions.suspect(client.stream.session, nowMs);
    end(client);
  }
}

/** Watches a server with a timer that ends with the server. See {@link WriteIdleWatch}. */
export function limitWriteIdle(
  server: WatchableServer,
  limits: WriteIdleLimits,
  onEnded?: (client: WriteIdleClient) => void,
): void {
  const watch = new WriteIdleWatch(limits, onEnded);
  watch.watch(server);
  server.once('close', watch.start());
}

/**
 * Bytes of the current write that the system has not accepted: a large write may take longer than the limit. Node uses
 * this figure for its own timeouts, but has no public name for it. Without it, only whole writes would count.
 */
const queuedBytesOf = (client: object): number =>
  (client as { _handle?: { writeQueueSize?: number } })._handle?.writeQueueSize ?? 0;

function protocolOf(client: Socket | Http1LikeResponse): WriteIdleClient['protocol'] {
  if (client instanceof Http1LikeResponse) return 'http/2';
  return isTunnel(client) ? 'websocket' : 'http/1.1';
}

const isLong = (client: Socket | Http1LikeResponse): boolean =>
  client instanceof Http1LikeResponse ? isEventStream(client.stream) : isTunnel(client) || isEventStream(client);

/** A reset frees the system's buffers for the client, and never looks like the end of an answer. */
function end(client: Socket | Http1LikeResponse): void {
  if (client instanceof Socket && !(client instanceof TLSSocket) && !client.writableEnded) client.resetAndDestroy();
  else client.destroy();
}
