import { runMain } from '../tools/failure.mjs';
import { runSuite } from '../tools/suite.mjs';

/** npm run conformance: the gateway against independent suites. npm run conformance -- smuggling runs one folder. */
await runMain(() => runSuite('conformance/vitest.config.ts', { needsStores: true }));
