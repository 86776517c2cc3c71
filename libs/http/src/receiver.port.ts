/**
 * Receives an answer. Clients, the response cache, held answers and internal readers implement it, and all answers pass
 * through it, from the exchange with a backend to the client.
 */
export interface Receiver {
  /** Whether the receiver can or will accept no more. */
  readonly isGone: boolean;
  /**
   * Set by the sender; called if the rest of the answer is not wanted any more.
   * @param violation of the backend, if that is the reason
   */
  onGone?: (violation?: unknown) => void;
  /** Set by the sender; called if more is accepted after `write` returned false. */
  onWritable?: () => void;
  /** An informational answer, before the final one. @param headers flat, end-to-end */
  inform(statusCode: number, headers: string[]): void;
  /** @param headers flat, end-to-end */
  begin(statusCode: number, headers: string[], isEventStream: boolean): void;
  /** @returns false if the sender must wait for `onWritable` */
  write(chunk: Buffer): boolean;
  /** Called if no more data is available now: buffered data must not wait for the next piece. */
  flush(): void;
  end(): void;
  /** Called in place of `end` if the rest is missing. The receiver must make that visible. */
  breakOff(error: unknown): void;
  /** Called if there is no answer. Nothing was passed before. */
  refuse(error: unknown): void;
}
