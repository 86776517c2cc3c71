/** What a value too large to mean anything else is taken for (RFC 9111 section 1.2.2). */
const MAX_SECONDS = 2 ** 31;

/** @returns seconds, capped; undefined when it is no non-negative integer (RFC 9111 section 1.2.2) */
export const parseDeltaSeconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), MAX_SECONDS) : undefined;
