import { ERRORS, type ErrorCode } from './error-table.js';

/** What an error may carry beside its message. */
export interface SlipstreamErrorOptions {
  /** The error that led to this one. */
  cause?: unknown;
  /** Whether the same call may succeed later without being changed. Default: as the error table has it. */
  isRetryable?: boolean;
  /** Seconds after which a retry makes sense; becomes `Retry-After` over HTTP. */
  retryAfterSeconds?: number;
  /** Facts for the reader of a log or a problem document. Never secrets, never message contents. */
  context?: Readonly<Record<string, unknown>>;
  /** Field of the request that is at fault; `param` in OpenAI's shape. */
  param?: string;
  /** Every bad field of the request; `errors` of a problem document. */
  fields?: readonly { path: string; message: string }[];
  /** Header fields of the answer, such as `allow`. */
  headers?: Readonly<Record<string, string>>;
}

/**
 * Base of every error that Slipstream raises on purpose.
 *
 * `code` is stable, machine-readable (`chat_not_found`) and an entry of the error table, which has its HTTP status;
 * `message` says what happened, why, and what to do.
 */
export class SlipstreamError extends Error {
  readonly isRetryable: boolean;
  readonly retryAfterSeconds?: number;
  readonly context: Readonly<Record<string, unknown>>;
  readonly param?: string;
  readonly fields?: readonly { path: string; message: string }[];
  readonly headers?: Readonly<Record<string, string>>;

  /** @param message default: the table's */
  constructor(
    readonly code: ErrorCode,
    message: string = ERRORS[code].message,
    options: SlipstreamErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.isRetryable = options.isRetryable ?? ERRORS[code].isRetryable ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.context = options.context ?? {};
    this.param = options.param;
    this.fields = options.fields;
    this.headers = options.headers;
  }
}

/** The caller sent something that can't be accepted; the same call will fail again. */
export class InvalidInputError extends SlipstreamError {}

type KindOf<Code, Ending extends string> = Code extends `${infer Kind}${Ending}` ? Kind : never;

/** What can be missing: `chat` of `chat_not_found`. */
type MissingKind = Exclude<KindOf<ErrorCode, '_not_found'>, 'route' | 'model'>;

/** No such thing, or not for this caller: the two are answered alike, so that ids can't be probed. */
export class NotFoundError extends SlipstreamError {
  /** @param id absent: it is a secret */
  constructor(kind: MissingKind, id?: string) {
    const noun = kind.replaceAll('_', ' ');
    super(`${kind}_not_found`, id === undefined ? `There is no such ${noun}.` : `There is no ${noun} '${id}'.`, {
      context: { kind, ...(id !== undefined && { id }) },
    });
  }
}

/** The call contradicts what is stored (an Idempotency-Key reused with another body, say). */
export class ConflictError extends SlipstreamError {}

/** A store or a peer that calls need: `redis` of `redis_unavailable`. */
type Dependency = KindOf<ErrorCode, '_unavailable'>;

/** A store or a peer that this call needs is away. Raised at once, never after a long wait. */
export class DependencyUnavailableError extends SlipstreamError {
  constructor(dependency: Dependency, options: SlipstreamErrorOptions = {}) {
    super(`${dependency}_unavailable`, `${dependency} can't be reached just now; try again in a few seconds.`, {
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
