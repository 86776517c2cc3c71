import type { IncomingMessage } from 'node:http';
import { LearnedPreloads, type PreloadKind } from '@slipstream/assets';
import { fieldValue, isHttp2, type Peer } from '@slipstream/http';
import type { PagePreloads } from '@slipstream/proxy';
import { isImmutable } from './is-immutable.js';

/** A browser that gets 304 has loaded the files of the page before. */
const OK = 200;
/** Also what a Link field can contain as it is (RFC 3986 section 2). */
const PATH = /^\/[\w\-.~!$&'()*+,=:@%/]{1,255}$/;

/** Kinds of files by Sec-Fetch-Dest and Sec-Fetch-Mode. A preload in another mode would be fetched twice. */
const KINDS: ReadonlyMap<string, PreloadKind> = new Map([
  ['script cors', 'module'],
  ['script no-cors', 'script'],
  ['style no-cors', 'style'],
]);

/**
 * Names the files of a page in its Link field, as earlier browsers loaded them. A browser is recognised by its HTTP/2
 * connection: over HTTP/1.1 it has several, and a proxy puts many browsers on one. The field can exceed 8 KiB, which
 * such a proxy may refuse.
 */
export class LearnedPagePreloads implements PagePreloads {
  constructor(private readonly learned = new LearnedPreloads({})) {}

  answered(
    { request, path, statusCode, headers }: Parameters<PagePreloads['answered']>[0],
    { isTrusted }: Pick<Peer, 'isTrusted'>,
  ): void {
    const destination = fetched(request, 'dest');
    if (destination === undefined || statusCode !== OK || isTrusted) return;
    const connection = connectionOf(request);
    if (!connection) return;
    if (destination === 'document') return this.open(connection, headers);
    const kind = KINDS.get(`${destination} ${fetched(request, 'mode')}`);
    if (kind && isImmutable(headers) && PATH.test(path)) this.learned.load(connection, path, kind);
  }

  private open(connection: object, headers: string[]): void {
    const tag = fieldValue(headers, 'etag');
    const link = tag === undefined ? '' : this.learned.open(connection, tag);
    if (link !== '') headers.push('Link', link);
  }
}

const fetched = ({ headers }: IncomingMessage, what: 'dest' | 'mode'): string | undefined =>
  headers[`sec-fetch-${what}`] as string | undefined;

const connectionOf = (request: IncomingMessage): object | undefined =>
  isHttp2(request) ? request.stream.session : undefined;
