/**
 * What gets an answer, from the exchange with a backend to the client: a client, the response cache for its clients, an
 * answer that is held back, or a reader of our own. All answers travel by this protocol.
 */
export interface Receiver {
  /** Nothing more can be given to it, or nothing more is wanted. */
  readonly isGone: boolean;
  /**
   * Set by the sender: the answer, or the rest of it, is not wanted any more.
   * @param violation what the backend did wrong, if that is the reason
   */
  onGone?: (violation?: unknown) => void;
  /** Set by the sender: more is taken, after `write` returned false. */
  onWritable?: () => void;
  /** An informational answer, before the final one. @param headers flat, end-to-end */
  inform(statusCode: number, headers: string[]): void;
  /** @param headers flat, end-to-end */
  begin(statusCode: number, headers: string[], isEventStream: boolean): void;
  /** @returns false when it is to wait for `onWritable` */
  write(chunk: Buffer): boolean;
  /** Nothing more is here just now: what came is not to wait for what comes. */
  flush(): void;
  end(): void;
  /** The rest does not come, and its absence must be visible. Comes in place of `end`. */
  breakOff(error: unknown): void;
  /** There is no answer; nothing was given. */
  refuse(error: unknown): void;
}
