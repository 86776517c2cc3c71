import type { RawHeaders, Receiver } from '@slipstream/http';

/** A GET that the cache wants made, for one client, for several, or for none. It receives its own answer. */
export interface OriginFetch extends Receiver {
  /** Fields to send to the origin, in place of the client's. Flat. No content goes with them. */
  readonly headers: RawHeaders;
  /** It renews what is stored; no client waits for it. */
  readonly isBackground: boolean;
  /** Backends that were asked the same and have not answered in time: another one is to be asked where there is one. */
  readonly avoid: readonly string[];
  /** Set by the caller: the URL of the backend that is being asked. */
  backend?: string;
}
