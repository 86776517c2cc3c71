import { fieldValue, fieldValues, filterHeaders, type Receiver } from '@slipstream/http';
import { PageRewriter, type PageRewriterOptions } from './page-rewriter.js';

/** Options of {@link RewritingReceiver}. */
export interface RewritingOptions extends PageRewriterOptions {
  /** @returns the entity tag of the rewritten page (RFC 9110 section 8.8.3.3) */
  toTag: (tag: string) => string;
  /** Called for each page that is rewritten. */
  onPage?: () => void;
}

type State = { readonly type: 'passing' } | { readonly type: 'rewriting'; readonly page: PageRewriter };

/** Fields that describe the bytes of the page as the backend sent it. */
const OF_OTHER_BYTES: ReadonlySet<string> = new Set([
  'content-length',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
  'accept-ranges',
]);
const PASSING: State = { type: 'passing' };

/** Rewrites an answer if it is an HTML page, and passes any other on. */
export class RewritingReceiver implements Receiver {
  private state: State = PASSING;

  /** @param target path and query of the page */
  constructor(
    private readonly next: Receiver,
    private readonly target: string,
    private readonly options: RewritingOptions,
  ) {}

  get isGone(): boolean {
    return this.next.isGone;
  }

  set onGone(listener: Receiver['onGone']) {
    this.next.onGone = listener;
  }

  get onGone(): Receiver['onGone'] {
    return this.next.onGone;
  }

  set onWritable(listener: Receiver['onWritable']) {
    this.next.onWritable = listener;
  }

  get onWritable(): Receiver['onWritable'] {
    return this.next.onWritable;
  }

  inform(statusCode: number, headers: string[]): void {
    this.next.inform(statusCode, headers);
  }

  begin(statusCode: number, headers: string[], isEventStream: boolean): void {
    if (statusCode !== 200 || !isRewritable(headers)) return this.next.begin(statusCode, headers, isEventStream);
    const page = new PageRewriter(this.options, this.target, fieldValues(headers, 'content-security-policy'));
    if (!page.isUseful) return this.next.begin(statusCode, headers, isEventStream);
    this.state = { type: 'rewriting', page };
    this.options.onPage?.();
    this.next.begin(statusCode, this.headersOf(headers), isEventStream);
  }

  write(chunk: Buffer): boolean {
    const rewritten = this.state.type === 'rewriting' ? this.state.page.write(chunk) : chunk;
    return rewritten.length === 0 || this.next.write(rewritten);
  }

  flush(): void {
    this.next.flush();
  }

  end(): void {
    if (this.state.type === 'rewriting') {
      const rest = this.state.page.end();
      if (rest.length > 0) this.next.write(rest);
    }
    this.next.end();
  }

  breakOff(error: unknown): void {
    this.next.breakOff(error);
  }

  refuse(error: unknown): void {
    this.next.refuse(error);
  }

  private headersOf(headers: string[]): string[] {
    const tag = fieldValue(headers, 'etag');
    const kept = filterHeaders(headers, (name) => !OF_OTHER_BYTES.has(name) && name !== 'etag');
    return tag === undefined ? kept : [...kept, 'ETag', this.options.toTag(tag)];
  }
}

/**
 * Whether it is a whole HTML page in plain bytes, in an encoding in which ASCII is ASCII, that may refer to other
 * origins.
 */
function isRewritable(headers: string[]): boolean {
  const type = fieldValue(headers, 'content-type') ?? '';
  const coding = fieldValue(headers, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  const embedder = fieldValue(headers, 'cross-origin-embedder-policy')?.trim().toLowerCase() ?? 'unsafe-none';
  const control = fieldValues(headers, 'cache-control').join(',');
  return (
    /^text\/html\b/i.test(type) &&
    !/charset\s*=\s*"?(?:utf-?(?:7|16|32)|ucs|iso-2022|hz-gb|unicode)/i.test(type) &&
    coding === 'identity' &&
    embedder === 'unsafe-none' &&
    !/\bno-transform\b/i.test(control) // RFC 9111 section 5.2.2.6
  );
}
