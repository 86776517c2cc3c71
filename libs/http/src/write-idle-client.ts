/** A client that was ended. */
export interface WriteIdleClient {
  protocol: 'http/1.1' | 'http/2' | 'websocket';
  /** Bytes that it did not accept. */
  pendingBytes: number;
  idleMs: number;
  /** The connection was not read, and nothing was written to it: the client may have left unnoticed. */
  isUnread?: boolean;
}
