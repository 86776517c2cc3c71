/**
 * Waits for a promise, but no longer than `limitMs`. What the promise stands for goes on.
 * @param instead its result, or its error, is taken when the promise is still pending then
 */
export function within<T>(promise: Promise<T>, limitMs: number, instead: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => void (timer = setTimeout(resolve, limitMs))).then(instead);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
