/** Pauses that grow with each failure in a row. */
export interface BackOff {
  /** After the first failure, in ms. */
  firstMs: number;
  /** The longest pause, before the spread. In ms. */
  maxMs: number;
  /** By which each pause is longer than the one before. Default 2. */
  factor?: number;
  /**
   * Each pause is multiplied by a random number of this range, so that callers that failed together do not return
   * together. Default: none.
   */
  spread?: readonly [least: number, most: number];
}

/**
 * The pause before the next attempt, in ms.
 * @param failures in a row; at least 1
 * @param random uniform in [0, 1)
 */
export function backOffMs(
  failures: number,
  { firstMs, maxMs, factor = 2, spread: [least, most] = [1, 1] }: BackOff,
  random: () => number = Math.random,
): number {
  const pauseMs = Math.min(firstMs * factor ** (failures - 1), maxMs);
  return least === most ? pauseMs * least : Math.round(pauseMs * (least + (most - least) * random()));
}
