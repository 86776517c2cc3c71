import { ERRORS, type ErrorCode } from './error-table.js';

/** Optional properties of an error. */
export interface SlipstreamErrorOptions {
  /** The error that caused this one. */
  cause?: unknown;
  /** Whether the same call may succeed later unchanged. Default: as in the error table. */
  isRetryable?: boolean;
  /** Seconds after which a retry is useful; `Retry-After` over HTTP. */
  retryAfterSeconds?: number;
  /** Details for logs and problem documents. Never secrets, never message contents. */
  context?: Readonly<Record<string, unknown>>;
  /** The invalid field of the request; `param` in OpenAI's shape. */
  param?: string;
  /** Every invalid field of the request; `errors` of a problem document. */
  fields?: readonly { path: string; message: string }[];
  /** Header fields of the answer, such as `allow`. */
  headers?: Readonly<Record<string, string>>;
}

/**
 * Base class of every deliberate error of Slipstream.
 *
 * `code` is stable, machine-readable (`chat_not_found`) and an entry of the error table, which contains its HTTP
 * status. `message` says what failed, why, and what to do.
 */
export class SlipstreamError extends Error {
  readonly isRetryable: boolean;
  readonly retryAfterSeconds?: number;
  readonly context: Readonly<Record<string, unknown>>;
  readonly param?: string;
  readonly fields?: readonly { path: string; message: string }[];
  readonly headers?: Readonly<Record<string, string>>;

  /** @param message default: from the error table */
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

/** The input of the caller is invalid; the same call will fail again. */
export class InvalidInputError extends SlipstreamError {}

type KindOf<Code, Ending extends string> = Code extends `${infer Kind}${Ending}` ? Kind : never;

/** Kinds of missing resources: `chat` of `chat_not_found`. */
type MissingKind = Exclude<KindOf<ErrorCode, '_not_found'>, 'route' | 'model'>;

/**
 * The object does not exist, or belongs to another user. Both cases get the same answer, so that ids can't be probed.
 */
export class NotFoundError extends SlipstreamError {
  /** @param id absent if it is a secret */
  constructor(kind: MissingKind, id?: string) {
    const noun = kind.replaceAll('_', ' ');
    super(
      `${kind}_not_found`,
      id === undefined ? `The ${noun} does not exist.` : `The ${noun} '${id}' does not exist.`,
      {
        context: { kind, ...(id !== undefined && { id }) },
      },
    );
  }
}

/** The call contradicts stored data, for example an Idempotency-Key that was used with another body. */
export class ConflictError extends SlipstreamError {}

/** A store or a peer that calls need: `redis` of `redis_unavailable`. */
type Dependency = KindOf<ErrorCode, '_unavailable'>;

/** A store or peer of this call is unavailable. Thrown at once, never after a long wait. */
export class DependencyUnavailableError extends SlipstreamError {
  constructor(dependency: Dependency, options: SlipstreamErrorOptions = {}) {
    super(`${dependency}_unavailable`, `${dependency} is unreachable; try again in a few seconds.`, {
      retryAfterSeconds: 2,
      ...options,
      context: { dependency, ...options.context },
    });
  }
}

/** The process can't start: `message` is the one line for its operator. */
export class StartupError extends SlipstreamError {
  constructor(message: string, options?: SlipstreamErrorOptions) {
    super('startup_failed', message, options);
  }
}

/** Returns the message of any thrown value, for logs. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
