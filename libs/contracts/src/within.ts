/**
 * Waits for a promise for at most `limitMs`. The work behind the promise continues.
 * @param instead provides the result, or the error, if the promise is still pending then
 */
export function within<T>(promise: Promise<T>, limitMs: number, instead: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => void (timer = setTimeout(resolve, limitMs))).then(instead);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
