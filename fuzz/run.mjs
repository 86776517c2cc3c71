import { runMain } from '../tools/failure.mjs';
import { runSuite } from '../tools/suite.mjs';
import { say } from '../tools/workspace.mjs';

/**
 * npm run fuzz: mutated requests at the real gateway. FUZZ_SECONDS (default 180) and FUZZ_SEED (default: a new one) set
 * its length and its inputs; arguments go to vitest.
 */
const { FUZZ_SECONDS = '180', FUZZ_SEED = String(Date.now() % 1_000_000_000) } = process.env;
say(`fuzz: seed ${FUZZ_SEED}, ${FUZZ_SECONDS} s; FUZZ_SEED=${FUZZ_SEED} npm run fuzz sends the same inputs again`);
await runMain(() => runSuite('fuzz/vitest.config.ts', { env: { FUZZ_SECONDS, FUZZ_SEED } }));
