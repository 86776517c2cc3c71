/**
 * How many tests (or whole steps, such as lint) passed and failed.
 * @typedef {{passed: number, failed: number}} Counts
 */

/**
 * What one vitest run comes to. A skipped test proves nothing, so it counts as failed when everything was asked for;
 * and a run that failed without a failed test, for instance on a file that cannot be loaded, counts as one.
 * @param {import('./testing/run-report.mjs').RunReport | undefined} report if the run got as far as writing one
 * @param {{exitCode: number, skipsAllowed: boolean}} run
 * @returns {Counts & {skipped: number, failures: string[]}}
 */
export function countVitest(report, { exitCode, skipsAllowed }) {
  const { passed, failed, skipped, failures } = report ?? { passed: 0, failed: 0, skipped: 0, failures: [] };
  const failedTests = failed + (skipsAllowed ? 0 : skipped);
  return { passed, failed: failedTests || (exitCode === 0 ? 0 : 1), skipped, failures };
}

/**
 * What a step comes to that either works or fails as a whole: it adds no passed test.
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countStep(exitCode) {
  return { passed: 0, failed: exitCode === 0 ? 0 : 1 };
}

/**
 * @param {Counts[]} counts
 * @returns {Counts}
 */
export function sum(counts) {
  return counts.reduce(
    (total, { passed, failed }) => ({ passed: total.passed + passed, failed: total.failed + failed }),
    { passed: 0, failed: 0 },
  );
}
