import { within } from '@slipstream/contracts';

/** @returns undefined if the answer fails or does not arrive in time; a late answer is dropped */
export const answerInTime = <T>(waitMs: number, answer: Promise<T>): Promise<T | undefined> =>
  within<T | undefined>(
    answer.catch(() => undefined),
    waitMs,
    () => undefined,
  );
