import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Http2ServerRequest,
  Http2ServerResponse,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { isTooLarge } from './head-size.js';
import { toHttp1Fields } from './http1-fields.js';
import type { TimedResponse } from './measured-response.js';
import type { RequestTimeline } from './request-timeline.js';
import { bytesOf } from './written-bytes.js';

/** What 100 and 103 are sent by, too. Node's types know it of HTTP/1.1 only. */
const inform = (Http2ServerResponse.prototype as unknown as Pick<Http1LikeResponse, 'writeInformation'>)
  .writeInformation;

type HeadParameters = [status: number, reasonOrHeaders?: unknown, headers?: unknown];
type RequestParts = ConstructorParameters<typeof Http2ServerRequest>;

/**
 * A request over HTTP/2 that reads as one over HTTP/1.1, so that nothing behind the listener needs to know: its raw
 * header fields have no pseudo-fields, and it has a Host. Given to Node's server as its `Http2ServerRequest`.
 */
export class Http1LikeRequest extends Http2ServerRequest {
  /**
   * Such a head is not copied, and has none of its fields here: answer 431. Node's own bound holds only once the client
   * has acknowledged our settings.
   */
  readonly isHeadTooLarge: boolean;

  constructor(...[stream, headers, options, rawHeaders]: RequestParts) {
    const isHeadTooLarge = isTooLarge(rawHeaders);
    super(
      stream,
      isHeadTooLarge ? pseudoFields(headers) : headers,
      options,
      isHeadTooLarge ? [] : toHttp1Fields(rawHeaders),
    );
    this.isHeadTooLarge = isHeadTooLarge;
    if (headers[':authority'] !== undefined) headers.host ??= headers[':authority'];
    if (!stream.endAfterHeaders)
      stream.prependOnceListener('trailers', (_trailers: IncomingHttpHeaders, _flags: number, raw: string[]) =>
        this.boundTrailers(raw),
      );
  }

  /** Bytes of the body that have come so far. Those of `socket` are the whole connection's. */
  receivedBytes = 0;

  /** Node's compatibility layer hands over the body by this. */
  override push(chunk: Uint8Array | null, encoding?: BufferEncoding): boolean {
    if (chunk !== null) this.receivedBytes += chunk.length;
    return super.push(chunk, encoding);
  }

  /**
   * Ends the stream, as HTTP/1.1's ends the connection; Node's own leaves it open for ever. After a complete answer the
   * client is asked to send no more (RFC 9113 section 8.1), before that the request is cancelled.
   */
  override destroy(): this {
    this.stream.close(this.stream.writableFinished ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_CANCEL);
    return this;
  }

  /** Nobody can be answered for trailers that are too large: the answer may have begun. */
  private boundTrailers(raw: string[]): void {
    if (!isTooLarge(raw)) return;
    raw.length = 0; // or the request would keep them
    this.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }
}

const pseudoFields = ({ ':method': method, ':path': path }: IncomingHttpHeaders): IncomingHttpHeaders => ({
  ':method': method,
  ':path': path,
});

const ANSWER = Symbol('answer');
type Answered = { [ANSWER]?: Http1LikeResponse };

/** The answer on a stream, whichever event its request came by. */
export const answerOn = (stream: ServerHttp2Stream): Http1LikeResponse | undefined => (stream as Answered)[ANSWER];

/**
 * The answer to an {@link Http1LikeRequest}: `destroy` and `destroyed` as HTTP/1.1's have them. Given to Node's server
 * as its `Http2ServerResponse`.
 */
export class Http1LikeResponse extends Http2ServerResponse<Http1LikeRequest> implements TimedResponse {
  timeline?: RequestTimeline;
  /** Bytes of the body that were written so far; those that the client has not taken yet are among them. */
  writtenBytes = 0;

  constructor(stream: ServerHttp2Stream) {
    super(stream);
    (stream as Answered)[ANSWER] = this;
  }

  override writeHead(...parameters: HeadParameters): this {
    this.timeline?.answers();
    return super.writeHead(...(parameters as [status: number]));
  }

  /** Node's `end` writes its chunk by this, too. */
  override write(chunk: unknown, encodingOrCallback?: unknown, callback?: unknown): boolean {
    this.writtenBytes += bytesOf(chunk, encodingOrCallback);
    this.timeline?.wrote(chunk, encodingOrCallback);
    return super.write(chunk as string, encodingOrCallback as BufferEncoding, callback as () => void);
  }

  /**
   * Cuts the answer by RST_STREAM with INTERNAL_ERROR: without an error Node would say NO_ERROR, which a client may
   * take for the end.
   */
  override destroy(error: Error = new Error('the answer ended early')): this {
    this.stream.destroy(error);
    return this;
  }

  /**
   * Sends an informational response.
   * @returns false when nothing can be sent any more, as on a stream that its client has reset, where Node's own throws
   */
  writeInformation(statusCode: number, headers?: OutgoingHttpHeaders): boolean {
    return this.stream.destroyed || this.stream.closed ? false : inform.call(this, statusCode, headers);
  }
}

// Typed as a plain property, which no accessor may override: so on the prototype, once.
Object.defineProperty(Http1LikeResponse.prototype, 'destroyed', {
  get(this: Http1LikeResponse): boolean {
    return this.stream.destroyed;
  },
});

/** A request as Node's own types know it; the two have in common whatever is used here of either. */
export const isHttp2 = (request: object): request is Http1LikeRequest => request instanceof Http2ServerRequest;

/** What handlers of HTTP/1.1 take, over HTTP/2 or, where a server allows both, HTTP/1.1. */
export function asHttp1(request: Http1LikeRequest, response: Http1LikeResponse): [IncomingMessage, ServerResponse] {
  if (isHttp2(request) && request.method === 'HEAD') closeWithStream(response);
  return [request as unknown as IncomingMessage, response as unknown as ServerResponse];
}

/**
 * Node tells no `close` of an answer to HEAD whose stream ends before it: who makes it would never hear that its client
 * has left.
 */
function closeWithStream(response: Http1LikeResponse): void {
  let isReported = false;
  response.once('close', () => (isReported = true));
  response.stream.once('close', () => void (isReported || response.emit('close')));
}
