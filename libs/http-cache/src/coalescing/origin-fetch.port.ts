import type { RawHeaders, Receiver } from '@slipstream/http';

/** A GET of the cache, for one client, for several, or for none. It receives its own answer. */
export interface OriginFetch extends Receiver {
  /** Fields for the origin, in place of the client's. Flat. The request has no content. */
  readonly headers: RawHeaders;
  /** Whether it renews a stored response, so that no client waits for it. */
  readonly isBackground: boolean;
  /** Backends that have not answered the same request in time. Another one is preferred. */
  readonly avoid: readonly string[];
  /** Set by the caller: the URL of the backend to which it was sent. */
  backend?: string;
}
