import { z } from 'zod';

/** Not coerced: an empty text, null and false would become 0, which selects any free port. */
export const number = z.number();
export const whole = number.int('must be a whole number');
export const between = (min: number, max: number, otherwise = `must be ${min} to ${max}`) =>
  whole.min(min, otherwise).max(max, otherwise);
export const port = between(0, 65_535);
export const milliseconds = between(1, 86_400_000);
export const bytes = between(1, Number.MAX_SAFE_INTEGER);
export const count = between(1, 100_000);
/** A share, from 0 to 1. */
export const ratio = number.min(0, 'must be 0 to 1').max(1, 'must be 0 to 1');
export const weight = number
  .positive('must be greater than 0')
  .max(1000, 'must be at most 1000')
  .default(1)
  .describe('Share of the load, relative to the other weights.');
