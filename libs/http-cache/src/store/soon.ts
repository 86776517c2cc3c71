/** A value that is available now, or after a read of the shared store. */
export type Soon<T> = T | Promise<T>;

/** Continues synchronously if it is available: a hit in memory costs no turn of the event loop. */
export const soon = <T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> =>
  value instanceof Promise ? value.then(next) : next(value);
