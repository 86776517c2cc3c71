import type { IncomingMessage } from 'node:http';
import { isHttp2, type Http1LikeRequest } from './http2-messages.js';

/** Longest silence of a client within a request's body. */
export const UPLOAD_SILENCE_MS = 60_000;

/**
 * Cuts off a client whose upload falls silent: it would hold a connection, and perhaps a backend's, for nothing. A
 * large one may take as long as it needs, and a client that is made to wait, because nobody reads just now, is not at
 * fault. Looked at twice per limit. Over HTTP/1.1 the bytes are the connection's, so that data still on their way up
 * count; over HTTP/2 they are the stream's, so that neither a PING nor another request hides its silence.
 */
export function limitUploadSilence(request: IncomingMessage, silenceMs = UPLOAD_SILENCE_MS): void {
  // The parser goes on behind the head first: most small bodies are here by then.
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
