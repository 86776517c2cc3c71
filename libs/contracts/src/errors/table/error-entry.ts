/** One kind of error. */
export interface ErrorEntry {
  /** Over HTTP. Absent: no client gets it; if one would, it gets `internal_error`. */
  readonly status?: number;
  /** Says which operation failed, and the action to take. An error instance may have a more specific message. */
  readonly message: string;
  /** Whether the same call may succeed later unchanged. Default: false. An error instance may override it. */
  readonly isRetryable?: true;
}
