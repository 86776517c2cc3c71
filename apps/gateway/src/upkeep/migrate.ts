import { runMigration } from './run-migration.js';
import { runUpkeep } from './run-upkeep.js';

/** `npm run db:migrate`: shows how many documents are of older versions; with `--yes`, migrates them in batches. */
await runUpkeep((database, isConfirmed) => runMigration(database, isConfirmed, console.log));
