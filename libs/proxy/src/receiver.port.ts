/** Who gets an answer: a client, or the response cache for its clients. */
export interface Receiver {
  /** Nobody wants the answer any more, or nobody can be told. */
  readonly isGone: boolean;
  /** Set by who forwards: nobody wants the answer any more, or the rest of it. */
  onGone?: () => void;
  /** Set by who forwards: more is taken, after `write` said false. */
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
  /** The rest won't come, and is not to be missed unseen. */
  breakOff(error: unknown): void;
  /** There is no answer; nothing was given. */
  refuse(error: unknown): void;
}
