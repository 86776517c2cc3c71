const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** How long to wait before a process that ended unasked is started again. @param endings in a row, 1 for the first */
export const restartDelayMs = (endings: number): number => Math.min(LONGEST_MS, FIRST_MS * 2 ** (endings - 1));
