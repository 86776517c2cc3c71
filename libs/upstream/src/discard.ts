/** For a longer rest, a new connection costs less. */
const MAX_BYTES = 64 * 1024;
const MAX_MS = 1000;

/** Reads and drops the rest of an answer for a short time, so that its connection can be used again. */
export class Discard {
  private left = MAX_BYTES;
  private readonly timer: NodeJS.Timeout;

  /** @param breakOff ends the exchange and its connection */
  constructor(private readonly breakOff: () => void) {
    this.timer = setTimeout(breakOff, MAX_MS).unref();
  }

  take({ length }: Buffer): void {
    this.left -= length;
    if (this.left < 0) this.breakOff();
  }

  /** To be called at the end of the answer. */
  end(): void {
    clearTimeout(this.timer);
  }
}
