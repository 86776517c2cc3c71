/** What an error may carry beside its message. */
export interface SlipstreamErrorOptions {
  /** The error that led to this one. */
  cause?: unknown;
  /** Whether the same call may succeed later without being changed. Default: the class's own. */
  isRetryable?: boolean;
  /** Seconds after which a retry makes sense; becomes `Retry-After` over HTTP. */
  retryAfterSeconds?: number;
  /** Facts for the reader of a log or a problem document. Never secrets, never message contents. */
  context?: Readonly<Record<string, unknown>>;
}

/**
 * Base of every error that Slipstream raises on purpose.
 *
 * `code` is stable and machine-readable (`chat_not_found`); `message` says what happened, why, and what to do.
 * How a code becomes an HTTP status is decided in one place, the gateway's `problem.ts`.
 */
export class SlipstreamError extends Error {
  readonly isRetryable: boolean;
  readonly retryAfterSeconds?: number;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: string,
    message: string,
    options: SlipstreamErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.isRetryable = options.isRetryable ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.context = options.context ?? {};
  }
}

/** The caller sent something that can't be accepted; the same call will fail again. */
export class InvalidInputError extends SlipstreamError {
  constructor(code: string, message: string, options?: SlipstreamErrorOptions) {
    super(code, message, options);
  }
}

/** No such thing, or not for this caller: the two are answered alike, so that ids can't be probed. */
export class NotFoundError extends SlipstreamError {
  /** @param id absent: it is a secret */
  constructor(kind: string, id?: string) {
    const noun = kind.replaceAll('_', ' ');
    super(`${kind}_not_found`, id === undefined ? `There is no such ${noun}.` : `There is no ${noun} '${id}'.`, {
      context: { kind, ...(id !== undefined && { id }) },
    });
  }
}

/** The call contradicts what is stored (an Idempotency-Key reused with another body, say). */
export class ConflictError extends SlipstreamError {}

/** A store or a peer that this call needs is away. Raised at once, never after a long wait. */
export class DependencyUnavailableError extends SlipstreamError {
  constructor(dependency: string, options: SlipstreamErrorOptions = {}) {
    super(`${dependency}_unavailable`, `${dependency} can't be reached just now; try again in a few seconds.`, {
      isRetryable: true,
      retryAfterSeconds: 2,
      ...options,
      context: { dependency, ...options.context },
    });
  }
}

/** The process can't start: `message` is the one line that its operator reads. */
export class StartupError extends SlipstreamError {
  constructor(message: string, options?: SlipstreamErrorOptions) {
    super('startup_failed', message, options);
  }
}

/** The message of anything thrown, for logs. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
