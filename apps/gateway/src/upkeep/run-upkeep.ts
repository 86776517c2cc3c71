import { parseArgs } from 'node:util';
import { loadConfig } from '@slipstream/config';
import { messageOf } from '@slipstream/contracts';
import { DatabaseUpkeep } from '@slipstream/mongo';
import { needs } from '../needs.js';
import { databaseUri } from './upkeep.options.js';

/**
 * Runs a command of an operator on the database of the configuration, and exits with its code.
 * @param command gets whether `--yes` was given
 */
export async function runUpkeep(
  command: (database: DatabaseUpkeep, isConfirmed: boolean) => Promise<number>,
): Promise<void> {
  try {
    const { values } = parseArgs({ options: { yes: { type: 'boolean', default: false } } });
    const config = await loadConfig({ service: 'gateway' });
    const database = await DatabaseUpkeep.open(databaseUri(config), needs.modules?.(config) ?? []);
    try {
      process.exitCode = await command(database, values.yes);
    } finally {
      await database.close();
    }
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  }
}
