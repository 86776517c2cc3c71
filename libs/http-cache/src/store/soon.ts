/** What is here at once, or after asking the shared store. */
export type Soon<T> = T | Promise<T>;

/** Goes on at once when it is here: a hit in memory costs no turn of the event loop. */
export const soon = <T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> =>
  value instanceof Promise ? value.then(next) : next(value);
