import type { IncomingMessage } from 'node:http';

/** Longest silence of a client within a request's body. */
export const UPLOAD_SILENCE_MS = 60_000;

/**
 * Cuts off a client whose upload falls silent: it would hold a connection, and perhaps a backend's, for nothing. A large one
 * may take as long as it needs, and a client that is made to wait, because nobody reads just now, is not at fault.
 * Looked at twice per limit; bytes are the connection's, so that data still on their way up count.
 */
export function limitUploadSilence(request: IncomingMessage, silenceMs = UPLOAD_SILENCE_MS): void {
  let bytesBefore = -1;
  let isSilent = false;
  const timer = setInterval(() => {
    const { bytesRead } = request.socket;
    const moved = bytesRead !== bytesBefore || request.readableLength > 0 || request.isPaused();
    bytesBefore = bytesRead;
    if (!moved && isSilent) request.destroy();
    isSilent = !moved;
  }, silenceMs / 2).unref();
  const end = (): void => clearInterval(timer);
  request.once('end', end).once('close', end);
}
