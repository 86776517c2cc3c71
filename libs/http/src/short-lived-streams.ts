import { ShortLivedMap } from '@slipstream/contracts';
import type { Http2Session, Http2Stream } from 'node:http2';

/** The methods of a Map that Node calls for the streams of a session. */
class Streams extends ShortLivedMap<number, Http2Stream> {
  forEach(each: (stream: Http2Stream) => void): void {
    for (const stream of this.values()) each(stream);
  }
}

interface SessionState {
  streams?: { readonly size: number };
}

/**
 * Lets the streams of a new session be freed by scavenges once they have ended. Node keeps them in a Map; see
 * {@link ShortLivedMap}. That Map has no public name; where it is not found, the session stays as it is.
 *
 * @returns whether it was found
 */
export function keepStreamsShortLived(session: Http2Session): boolean {
  const key = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'state');
  const state = key && (session as unknown as Record<symbol, SessionState | undefined>)[key];
  if (state?.streams?.size !== 0) return false;
  state.streams = new Streams();
  return true;
}
