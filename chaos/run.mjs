import { runMain } from '../tools/failure.mjs';
import { runSuite } from '../tools/suite.mjs';

/** npm run chaos: nothing accepted is lost, whatever is killed meanwhile. npm run chaos -- broker runs one folder. */
await runMain(() => runSuite('chaos/vitest.config.ts', { needsStores: true }));
