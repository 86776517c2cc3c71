import { fieldValues, type RawHeaders } from '@slipstream/http';

/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/**
 * The Sec-WebSocket-Key of a handshake, from which the backend's consent has to follow (RFC 6455 section 4.2.1).
 * Without a valid one no backend can give it, and each of them would seem faulty.
 *
 * @param headers as the backend will get them: Connection may have named the key
 * @returns undefined when there is none, or more than one, or it is not valid
 */
export function handshakeKey(headers: RawHeaders): string | undefined {
  const keys = fieldValues(headers, 'sec-websocket-key');
  const [key] = keys;
  return key !== undefined && keys.length === 1 && KEY.test(key) ? key : undefined;
}
