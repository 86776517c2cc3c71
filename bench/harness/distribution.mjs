/**
 * The smallest value that at least this share of the values doesn't exceed (nearest rank).
 * @param {number[]} values at least one
 * @param {number} share greater than 0, at most 1
 */
export function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1];
}

export const median = (values) => quantile(values, 0.5);
export const p95 = (values) => quantile(values, 0.95);
