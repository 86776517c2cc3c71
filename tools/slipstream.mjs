#!/usr/bin/env node
import { readCommand } from './commands/read-command.mjs';
import { commandUsage, usage } from './commands/usage.mjs';
import { Failure, runMain } from './failure.mjs';
import { ROOT } from './workspace.mjs';

/** Exit code of a command line that is not understood. */
const MISUSED = 2;

/** npx slipstream COMMAND; npm start and npm run key are commands of it. */
async function main() {
  const command = await readCommand(process.argv.slice(2)).catch((error) => {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    return { kind: 'misused' };
  });
  if (command.kind === 'misused') return MISUSED;
  if (command.kind === 'help') return console.log(command.name ? commandUsage(command.name) : usage());
  if (command.kind === 'version') return console.log(await version());
  const { run } = await import(`./commands/${command.name}.mjs`);
  return run(command);
}

async function version() {
  const { readFile } = await import('node:fs/promises');
  return JSON.parse(await readFile(`${ROOT}/package.json`, 'utf8')).version;
}

await runMain(main);
