/** A longer delay is shortened to a day. */
const MAX_SECONDS = 86_400;

/**
 * Seconds of a `Retry-After` header (RFC 9110 section 10.2.3), which is a number or a date.
 * @returns undefined if it is neither
 */
export function retryAfterSeconds(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  const seconds = /^\d+$/.test(text)
    ? Number(text)
    : /^[A-Z][a-z]{2}/.test(text)
      ? (Date.parse(text) - now.getTime()) / 1000
      : Number.NaN;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(Math.ceil(seconds), 0), MAX_SECONDS);
}
