import { fieldValues, type RawHeaders } from '@slipstream/http';

/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/**
 * The Sec-WebSocket-Key of a handshake, from which the backend's accept value is derived (RFC 6455 section 4.2.1).
 * Without a valid key no backend can return that value, and each of them would seem unhealthy.
 *
 * @param headers as the backend will get them: Connection may have named the key
 * @returns undefined if it is absent, repeated or invalid
 */
export function handshakeKey(headers: RawHeaders): string | undefined {
  const keys = fieldValues(headers, 'sec-websocket-key');
  const [key] = keys;
  return key !== undefined && keys.length === 1 && KEY.test(key) ? key : undefined;
}
