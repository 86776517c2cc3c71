import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import { TLSSocket } from 'node:tls';

/** Bytes that Node holds for clients that have not taken them yet. */
class Ledger {
  bytes = 0;
}

/** What one answer may write before its client takes it. */
const WINDOW_BYTES = 64 * 1024;
/**
 * The same where it costs nothing: a plain socket keeps a reference to a body that is in memory anyway. TLS and HTTP/2
 * copy it.
 */
const REFERENCED_BYTES = 1024 * 1024;
/**
 * What one answer may always write, whatever other answers hold: an answer that waits for others would never end if
 * they do not.
 */
const LEAST_BYTES = 16 * 1024;
/** Of all answers on one connection of HTTP/2. Above it each gets the least window. */
const MAX_CONNECTION_BYTES = 1024 * 1024;
/** Of all clients whose bytes are copied. Above it each gets the least window. */
const MAX_COPIED_BYTES = 64 * 1024 * 1024;

const copied = new Ledger();
const connections = new WeakMap<object, Ledger>();

/** Bytes that were written by windows over TLS or HTTP/2, and that clients have not taken yet, in this process. */
export const bytesWrittenAhead = (): number => copied.bytes;

/** How much of one answer may be written before its client takes it. */
export class WriteWindow {
  private readonly connection?: Ledger;
  private readonly isCopied: boolean;
  private readonly maxBytes: number;
  private ahead = 0;
  private isClosed = false;

  /** @param isInMemory whether the body stays in memory until it is written */
  constructor(response: ServerResponse, isInMemory: boolean) {
    const isHttp2 = response instanceof Http2ServerResponse;
    this.isCopied = isHttp2 || response.socket instanceof TLSSocket;
    this.maxBytes = isInMemory && !this.isCopied ? REFERENCED_BYTES : WINDOW_BYTES;
    if (isHttp2) this.connection = ledgerOf(response.stream.session ?? response);
  }

  /** Bytes that may be written now; 0 or less: none. */
  get room(): number {
    return this.limit - this.ahead;
  }

  add(bytes: number): void {
    this.ahead += bytes;
    this.count(bytes);
  }

  /** The client has taken them. */
  remove(bytes: number): void {
    if (this.isClosed) return;
    this.ahead -= bytes;
    this.count(-bytes);
  }

  /** The client has left. */
  close(): void {
    this.remove(this.ahead);
    this.isClosed = true;
  }

  private get limit(): number {
    if (!this.isCopied) return this.maxBytes;
    const ofConnection = this.connection ? MAX_CONNECTION_BYTES - this.connection.bytes + this.ahead : this.maxBytes;
    const ofAll = MAX_COPIED_BYTES - copied.bytes + this.ahead;
    return Math.max(LEAST_BYTES, Math.min(this.maxBytes, ofConnection, ofAll));
  }

  private count(bytes: number): void {
    if (!this.isCopied) return;
    copied.bytes += bytes;
    if (this.connection) this.connection.bytes += bytes;
  }
}

function ledgerOf(connection: object): Ledger {
  let ledger = connections.get(connection);
  if (!ledger) connections.set(connection, (ledger = new Ledger()));
  return ledger;
}
