/** A client that was ended. */
export interface WriteIdleClient {
  protocol: 'http/1.1' | 'http/2' | 'websocket';
  /** Bytes that it did not accept. */
  pendingBytes: number;
  idleMs: number;
}
