import type { IncomingMessage } from 'node:http';
import { isHttp2, type Http1LikeRequest } from './http2-messages.js';

/** Longest pause of a client within a request's body. */
export const UPLOAD_SILENCE_MS = 60_000;

/**
 * Ends a request whose upload stops, because it would occupy a connection, and perhaps one of a backend. A long upload
 * is allowed, and so is one that pauses because this process does not read. Checked twice per limit. Over HTTP/1.1 the
 * bytes of the connection count, so data in transit counts too. Over HTTP/2 those of the stream count, so neither a
 * PING nor another request hides the silence.
 */
export function limitUploadSilence(request: IncomingMessage, silenceMs = UPLOAD_SILENCE_MS): void {
  // The parser first continues after the head; most small bodies are complete by then.
  process.nextTick(() => request.complete || request.destroyed || watch(request, silenceMs));
}

function watch(request: IncomingMessage, silenceMs: number): void {
  let bytesBefore = -1;
  let isSilent = false;
  const timer = setInterval(() => {
    const bytesRead = isHttp2(request) ? (request as Http1LikeRequest).receivedBytes : request.socket.bytesRead;
    const moved = bytesRead !== bytesBefore || request.readableLength > 0 || request.isPaused();
    bytesBefore = bytesRead;
    if (!moved && isSilent) request.destroy();
    isSilent = !moved;
  }, silenceMs / 2).unref();
  const end = (): void => clearInterval(timer);
  request.once('end', end).once('close', end);
}
