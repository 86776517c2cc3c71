import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Http2ServerRequest,
  Http2ServerResponse,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
  type ServerStreamResponseOptions,
} from 'node:http2';
import { isTooLarge } from './head-size.js';
import { toHttp1Fields } from './http1-fields.js';
import type { TimedResponse } from './measured-response.js';
import type { RequestTimeline } from './request-timeline.js';
import { bytesOf } from './written-bytes.js';

/** Also sends 100 and 103. Node's types declare it for HTTP/1.1 only. */
const inform = (Http2ServerResponse.prototype as unknown as Pick<Http1LikeResponse, 'writeInformation'>)
  .writeInformation;

type HeadParameters = [status: number, reasonOrHeaders?: unknown, headers?: unknown];
type RequestParts = ConstructorParameters<typeof Http2ServerRequest>;

/**
 * A request over HTTP/2 with the interface of HTTP/1.1, so that handlers are the same for both: its raw fields have no
 * pseudo-fields, and it has a Host. Node's server creates it as its `Http2ServerRequest`.
 */
export class Http1LikeRequest extends Http2ServerRequest {
  /**
   * Whether the head exceeds the limits. Its fields are not copied then; answer 431. Node's own limit applies only
   * after the client has acknowledged our settings.
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

  /** Bytes of the body received so far. The counter of `socket` is that of the whole connection. */
  receivedBytes = 0;

  /** Node's compatibility layer passes the body to this method. */
  override push(chunk: Uint8Array | null, encoding?: BufferEncoding): boolean {
    if (chunk !== null) this.receivedBytes += chunk.length;
    return super.push(chunk, encoding);
  }

  /**
   * Ends the stream, like the `destroy` of HTTP/1.1; Node's own would leave the stream open. After a complete answer,
   * the client gets NO_ERROR (RFC 9113 section 8.1). Before that, the request is cancelled.
   */
  override destroy(): this {
    this.stream.close(this.stream.writableFinished ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_CANCEL);
    return this;
  }

  /** Drops trailers that are too large. No error answer is possible, because the answer may have begun. */
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

/** The answer on a stream, for either event of its request. */
export const answerOn = (stream: ServerHttp2Stream): Http1LikeResponse | undefined => (stream as Answered)[ANSWER];

/**
 * The answer to an {@link Http1LikeRequest}, with `destroy` and `destroyed` as in HTTP/1.1. Node's server creates it as
 * its `Http2ServerResponse`.
 */
export class Http1LikeResponse extends Http2ServerResponse<Http1LikeRequest> implements TimedResponse {
  timeline?: RequestTimeline;
  /** Bytes of the body written so far, including those that the client has not accepted yet. */
  writtenBytes = 0;

  constructor(stream: ServerHttp2Stream) {
    super(stream);
    stream.respond = respondWithoutTrailers;
    (stream as Answered)[ANSWER] = this;
  }

  override writeHead(...parameters: HeadParameters): this {
    this.timeline?.answers();
    return super.writeHead(...(parameters as [status: number]));
  }

  /** Node's `end` calls this for its chunk too. */
  override write(chunk: unknown, encodingOrCallback?: unknown, callback?: unknown): boolean {
    this.writtenBytes += bytesOf(chunk, encodingOrCallback);
    this.timeline?.wrote(chunk, encodingOrCallback);
    return super.write(chunk as string, encodingOrCallback as BufferEncoding, callback as () => void);
  }

  /**
   * Ends the answer by RST_STREAM with INTERNAL_ERROR. Without an error, Node would send NO_ERROR, which a client may
   * read as the end of the answer.
   */
  override destroy(error: Error = new Error('the answer ended early')): this {
    this.stream.destroy(error);
    return this;
  }

  /**
   * Sends an informational response.
   * @returns false if nothing can be sent any more, as on a stream that its client has reset, where Node's own method
   *   throws
   */
  writeInformation(statusCode: number, headers?: OutgoingHttpHeaders): boolean {
    return this.stream.destroyed || this.stream.closed ? false : inform.call(this, statusCode, headers);
  }
}

/**
 * Node's compatibility layer lets every answer wait for trailers, which are never sent here. Its stream then ends with
 * an empty frame, and only once all bytes that wait for the line are written. So the files of a page would all end with
 * the last one, and a browser could run none of them before.
 */
function respondWithoutTrailers(
  this: ServerHttp2Stream,
  headers?: OutgoingHttpHeaders | readonly string[],
  options?: ServerStreamResponseOptions,
): void {
  const { respond } = Object.getPrototypeOf(this) as ServerHttp2Stream;
  respond.call(this, headers, { ...options, waitForTrailers: false });
}

// Node declares a plain property, which no accessor may override. So it is defined once, on the prototype.
Object.defineProperty(Http1LikeResponse.prototype, 'destroyed', {
  get(this: Http1LikeResponse): boolean {
    return this.stream.destroyed;
  },
});

/** A request in the types of Node; both types share all members that are used here. */
export const isHttp2 = (request: object): request is Http1LikeRequest => request instanceof Http2ServerRequest;

/**
 * Returns request and response in the types of HTTP/1.1 handlers. A server that allows both protocols passes either.
 */
export function asHttp1(request: Http1LikeRequest, response: Http1LikeResponse): [IncomingMessage, ServerResponse] {
  if (isHttp2(request) && request.method === 'HEAD') closeWithStream(response);
  return [request as unknown as IncomingMessage, response as unknown as ServerResponse];
}

/**
 * Node emits no `close` for an answer to HEAD whose stream ends first. Without this event, its sender would not notice
 * that the client has left.
 */
function closeWithStream(response: Http1LikeResponse): void {
  let isReported = false;
  response.once('close', () => (isReported = true));
  response.stream.once('close', () => void (isReported || response.emit('close')));
}
