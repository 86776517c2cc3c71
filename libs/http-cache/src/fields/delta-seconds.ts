/** Larger values are reduced to this one (RFC 9111 section 1.2.2). */
const MAX_SECONDS = 2 ** 31;

/** @returns seconds, capped; undefined unless it is a non-negative integer (RFC 9111 section 1.2.2) */
export const parseDeltaSeconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), MAX_SECONDS) : undefined;
