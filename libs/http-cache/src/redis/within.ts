import { within as withinLimit } from '@slipstream/contracts';

/** @returns undefined if the answer fails or does not arrive in time; a late answer is dropped */
export const within = <T>(waitMs: number, answer: Promise<T>): Promise<T | undefined> =>
  withinLimit<T | undefined>(
    answer.catch(() => undefined),
    waitMs,
    () => undefined,
  );
