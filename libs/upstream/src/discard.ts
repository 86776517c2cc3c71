/** A longer rest costs more than a new connection. */
const MAX_BYTES = 64 * 1024;
const MAX_MS = 1000;

/** Takes the rest of an answer without keeping it, so that its connection can be used again; for a short while. */
export class Discard {
  private left = MAX_BYTES;
  private readonly timer: NodeJS.Timeout;

  /** @param breakOff gives the rest up, and the connection with it */
  constructor(private readonly breakOff: () => void) {
    this.timer = setTimeout(breakOff, MAX_MS).unref();
  }

  take({ length }: Buffer): void {
    this.left -= length;
    if (this.left < 0) this.breakOff();
  }

  /** The answer has ended. */
  end(): void {
    clearTimeout(this.timer);
  }
}
