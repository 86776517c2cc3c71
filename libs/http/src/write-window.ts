import type { ServerResponse } from 'node:http';
import { Http2ServerResponse, type Http2ServerRequest, type Http2Session } from 'node:http2';
import { TLSSocket } from 'node:tls';

/** Bytes in Node's buffers that clients have not accepted yet. */
class Ledger {
  bytes = 0;
  /** Of these, bytes of answers that a page can wait for. */
  deferrableBytes = 0;
}

/** Bytes that one answer may write ahead of its client. */
const WINDOW_BYTES = 64 * 1024;
/**
 * The same limit where writing ahead is free: a plain socket refers to a body that is in memory anyway. TLS and HTTP/2
 * copy it.
 */
const REFERENCED_BYTES = 1024 * 1024;
/** Bytes that one answer may always write, regardless of other answers. If it waited for others, it might never end. */
const LEAST_BYTES = 16 * 1024;
/** Limit for all answers on one HTTP/2 connection. Above it, each gets the smallest window. */
const MAX_CONNECTION_BYTES = 1024 * 1024;
/** Limit for all clients whose bytes are copied. Above it, each gets the smallest window. */
const MAX_COPIED_BYTES = 64 * 1024 * 1024;

/**
 * Limit for all answers on one HTTP/2 connection that a page can wait for, until they have arrived. On a slow line,
 * later answers wait behind no more than this.
 */
const MAX_DEFERRABLE_BYTES = 64 * 1024;

const copied = new Ledger();
const connections = new WeakMap<object, Ledger>();

/** Bytes that windows wrote over TLS or HTTP/2, and that clients have not accepted yet, in this process. */
export const bytesWrittenAhead = (): number => copied.bytes;

/** Limits how far one answer is written ahead of its client. */
export class WriteWindow {
  private readonly connection?: Ledger;
  private readonly isCopied: boolean;
  /** Of an answer that the page can wait for. */
  private readonly session?: Http2Session;
  private readonly maxBytes: number;
  private ahead = 0;
  private isClosed = false;

  /** @param isInMemory whether the body stays in memory until it is written */
  constructor(response: ServerResponse, isInMemory: boolean) {
    const isHttp2 = response instanceof Http2ServerResponse;
    this.isCopied = isHttp2 || response.socket instanceof TLSSocket;
    this.maxBytes = isInMemory && !this.isCopied ? REFERENCED_BYTES : WINDOW_BYTES;
    if (!isHttp2) return;
    const { session } = response.stream;
    this.connection = ledgerOf(session ?? response);
    if (session && isDeferrable(response.req)) this.session = session;
  }

  /** Bytes that may be written now; 0 or less: none. */
  get room(): number {
    return this.limit - this.ahead;
  }

  /**
   * Calls back when written bytes no longer count. Those of a deferrable answer count until they have arrived: the
   * client acknowledges a PING behind them (RFC 9113 section 6.7).
   */
  whenFree(then: () => void): void {
    if (!this.session || this.session.destroyed || !this.session.ping(then)) then();
  }

  add(bytes: number): void {
    this.ahead += bytes;
    this.count(bytes);
  }

  /** Records that the client has accepted the bytes. */
  remove(bytes: number): void {
    if (this.isClosed) return;
    this.ahead -= bytes;
    this.count(-bytes);
  }

  /** To be called when the client has left. */
  close(): void {
    this.remove(this.ahead);
    this.isClosed = true;
  }

  private get limit(): number {
    if (!this.isCopied) return this.maxBytes;
    const ofConnection = this.connection ? MAX_CONNECTION_BYTES - this.connection.bytes + this.ahead : this.maxBytes;
    const ofDeferrable = this.session ? MAX_DEFERRABLE_BYTES - this.connection!.deferrableBytes + this.ahead : Infinity;
    const ofAll = MAX_COPIED_BYTES - copied.bytes + this.ahead;
    return Math.max(LEAST_BYTES, Math.min(this.maxBytes, ofConnection, ofDeferrable, ofAll));
  }

  private count(bytes: number): void {
    if (!this.isCopied) return;
    copied.bytes += bytes;
    if (this.connection) this.connection.bytes += bytes;
    if (this.session) this.connection!.deferrableBytes += bytes;
  }
}

/** Browsers request fonts as urgently as scripts, but a page works without them; it shows text in another font. */
const isDeferrable = ({ headers }: Http2ServerRequest): boolean => headers['sec-fetch-dest'] === 'font';

function ledgerOf(connection: object): Ledger {
  let ledger = connections.get(connection);
  if (!ledger) connections.set(connection, (ledger = new Ledger()));
  return ledger;
}
