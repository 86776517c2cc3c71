import { ServerResponse, type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders } from 'node:http';
import type { RequestTimeline } from './request-timeline.js';

/** A response that fills a timeline, over HTTP/1.1 or HTTP/2. */
export interface TimedResponse {
  /** Set before the answer begins. Absent: the response is not measured. */
  timeline?: RequestTimeline;
}

/** A response of HTTP/1.1 that fills its timeline. Node's server creates it as its `ServerResponse`. */
export class MeasuredResponse<Request extends IncomingMessage = IncomingMessage>
  extends ServerResponse<Request>
  implements TimedResponse
{
  timeline?: RequestTimeline;

  /** Node also calls this for an answer without an explicit head. */
  override writeHead(
    status: number,
    reasonOrHeaders?: string | OutgoingHttpHeaders | OutgoingHttpHeader[],
    headers?: OutgoingHttpHeaders | OutgoingHttpHeader[],
  ): this {
    this.timeline?.answers();
    return super.writeHead(status, reasonOrHeaders as string, headers);
  }

  override write(chunk: unknown, encodingOrCallback?: unknown, callback?: unknown): boolean {
    this.timeline?.wrote(chunk, encodingOrCallback);
    return super.write(chunk, encodingOrCallback as BufferEncoding, callback as () => void);
  }

  override end(chunk?: unknown, encodingOrCallback?: unknown, callback?: unknown): this {
    this.timeline?.wrote(chunk, encodingOrCallback);
    return super.end(chunk, encodingOrCallback as BufferEncoding, callback as () => void);
  }
}
