/** @returns undefined when the answer doesn't come in time, or fails; it may still come, to nobody */
export function within<T>(waitMs: number, answer: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, waitMs, undefined);
    const settle = (value: T | undefined): void => {
      clearTimeout(timer);
      resolve(value);
    };
    answer.then(settle, () => settle(undefined));
  });
}
