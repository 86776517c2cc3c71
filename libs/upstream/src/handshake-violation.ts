import { createHash } from 'node:crypto';
import { fieldValue, type RawHeaders } from '@slipstream/http';

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * Finds the reason for which a backend's 101 does not accept a WebSocket handshake (RFC 6455 section 4.1). A proxy that
 * relied on such an answer would forward unchecked bytes to a server that expects HTTP.
 *
 * @param key the client's Sec-WebSocket-Key
 * @returns undefined if it accepts the handshake
 */
export function handshakeViolation(rawHeaders: RawHeaders, key: string | undefined): string | undefined {
  const protocol = fieldValue(rawHeaders, 'upgrade');
  if (protocol?.toLowerCase() !== 'websocket')
    return `the backend switched to '${String(protocol)}' instead of websocket`;
  const accept = createHash('sha1')
    .update(`${key ?? ''}${GUID}`)
    .digest('base64');
  return fieldValue(rawHeaders, 'sec-websocket-accept') === accept
    ? undefined
    : "the backend's Sec-WebSocket-Accept does not match the client's key";
}
