import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Http1LikeResponse } from './http2-messages.js';
import type { TimedResponse } from './measured-response.js';

/** The latest event stream of an HTTP/1.1 connection, or of an HTTP/2 stream. */
const eventStreams = new WeakMap<Duplex, ServerResponse>();
const tunnels = new WeakSet<Duplex>();

const carrierOf = (response: ServerResponse | Http1LikeResponse): Duplex | null =>
  response instanceof Http1LikeResponse ? response.stream : response.socket;

/** Marks the answer as an event stream; the limit for event streams applies to its client. */
export function markEventStream(response: ServerResponse): void {
  const carrier = carrierOf(response);
  const { timeline } = response as TimedResponse;
  if (timeline) timeline.isStream = true;
  if (carrier) eventStreams.set(carrier, response);
}

/** Marks the connection as a WebSocket; the limit for WebSockets applies to its client. */
export function markTunnel(socket: Duplex): void {
  tunnels.add(socket);
}

/** @param carrier a connection of HTTP/1.1, or a stream of HTTP/2 */
export const isEventStream = (carrier: Duplex): boolean => eventStreams.get(carrier)?.writableFinished === false;

export const isTunnel = (socket: Duplex): boolean => tunnels.has(socket);
