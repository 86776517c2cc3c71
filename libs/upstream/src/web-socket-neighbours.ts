import type { Backend } from '@slipstream/balancer';

/** Checks the WebSocket of a backend. Returns the reason if it fails. */
export type WebSocketCheck = (backend: Backend, signal: AbortSignal) => Promise<string | undefined>;

/** Number of other backends that are checked for comparison. */
const COMPARED_NEIGHBOURS = 3;
const MAX_KNOWN = 1000;

/**
 * Backends of a pool, for comparison with one whose WebSocket fails. If it fails everywhere, the application has no
 * WebSocket, or all backends share an outage; their pages still work then. They are checked anew, because older results
 * do not show an outage.
 */
export class WebSocketNeighbours {
  /** The checked backends, the last successful one at the end. */
  private readonly known = new Map<string, Backend>();

  constructor(private readonly checkWebSocket: WebSocketCheck) {}

  note(backend: Backend, hasAnswered: boolean): void {
    if (hasAnswered) this.known.delete(backend.url);
    this.known.set(backend.url, backend);
    if (this.known.size > MAX_KNOWN) this.known.delete(this.known.keys().next().value as string);
  }

  /** Whether the WebSocket of any other backend works now. Never rejects. */
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
