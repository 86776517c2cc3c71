import type { Backend } from '@slipstream/balancer';

/** Why a backend can't be spoken to over a WebSocket; undefined when it can. */
export type WebSocketCheck = (backend: Backend, signal: AbortSignal) => Promise<string | undefined>;

/** How many neighbours are asked whether they hear. */
const COMPARED_NEIGHBOURS = 3;
const MAX_KNOWN = 1000;

/**
 * The backends of a pool, to compare a deaf one with: where none hears, the application has no WebSocket, or all lost
 * what they need for it, and its pages are still better than no pages. The neighbours are asked at that moment, for
 * what they did minutes ago says nothing of a fault that they all share.
 */
export class WebSocketNeighbours {
  /** The backends that were asked, the one that spoke last at the end. */
  private readonly known = new Map<string, Backend>();

  constructor(private readonly checkWebSocket: WebSocketCheck) {}

  note(backend: Backend, hasAnswered: boolean): void {
    if (hasAnswered) this.known.delete(backend.url);
    this.known.set(backend.url, backend);
    if (this.known.size > MAX_KNOWN) this.known.delete(this.known.keys().next().value as string);
  }

  /** Whether another backend than this one speaks, now. Rejects never. */
  async doesAnyAnswer({ url }: Backend, signal: AbortSignal): Promise<boolean> {
    const others = [...this.known.values()].filter((other) => other.url !== url).slice(-COMPARED_NEIGHBOURS);
    const ended = new AbortController();
    const request = others.map(async (other) => {
      const why = await this.checkWebSocket(other, AbortSignal.any([signal, ended.signal]));
      if (why !== undefined) throw new Error(why);
      this.note(other, true);
    });
    return Promise.any(request)
      .then(
        () => true,
        () => false,
      )
      .finally(() => ended.abort());
  }
}
