import { runIndexes } from './run-indexes.js';
import { runUpkeep } from './run-upkeep.js';

/** `npm run db:indexes`: shows which declared indexes are missing; with `--yes`, builds them one at a time. */
await runUpkeep((database, isConfirmed) => runIndexes(database, isConfirmed, console.log));
