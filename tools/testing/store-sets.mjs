/** @import { StoreUrls } from '../services/test-services.mjs' */

/**
 * The sets of stores that a run has started for its specs: one for each file that runs at the same time.
 * @param {NodeJS.ProcessEnv} env
 * @returns {StoreUrls[]}
 */
export const storeSetsOf = (env) => JSON.parse(env.SLIPSTREAM_STORE_SETS ?? '[]');

/**
 * How many spec files may run at once: each needs a set of its own.
 * @param {NodeJS.ProcessEnv} env
 */
export const filesAtOnce = (env) => Math.max(1, storeSetsOf(env).length);

/**
 * The set of one worker.
 * @template S
 * @param {readonly S[]} sets at least one
 * @param {string} [poolId] the worker's number, from 1 (`VITEST_POOL_ID`)
 * @returns {S}
 */
export const storesOfWorker = (sets, poolId = '1') => sets[(Number(poolId) - 1) % sets.length];
