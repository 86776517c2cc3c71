import { speedText } from '../../harness/ratios.mjs';

/** Name of the way that is a former build of the gateway. */
export const FORMER = 'Slipstream gateway, former build';

/** Rounds differ by this much on shared cores. */
const NOISE_RATIO = 0.03;

/**
 * Compares the gateway with a former build of it in the same run, if there is one.
 * @param {string} what such as `requests`
 * @param {{bySecond: number, byCore: number} | undefined} ratios of the gateway to the former build
 * @returns {import('../part.mjs').Verdict[]}
 */
export function formerVerdicts(what, ratios) {
  if (!ratios) return [];
  const isMet = Math.max(ratios.bySecond, ratios.byCore) >= 1 - NOISE_RATIO;
  return [{ aim: `${what}: not slower than the former build`, measured: speedText(ratios), isMet }];
}
