import { COMMANDS } from './command-table.mjs';

/** What `slipstream --help` prints. */
export function usage() {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: slipstream COMMAND [OPTIONS]

Commands:
${commands.join('\n')}

Options:
  --help     Print this, or the options of a command.
  --version  Print the version.`;
}

/**
 * What `slipstream COMMAND --help` prints.
 * @param {string} name
 */
export function commandUsage(name) {
  const { summary, operand, options, more } = COMMANDS[name];
  const rows = Object.entries(options).map(([option, { value, isOptional, help }]) => [
    `--${option}${value ? (isOptional ? `[=${value}]` : ` ${value}`) : ''}`,
    help,
  ]);
  const width = Math.max(...rows.map(([left]) => left.length));
  return `Usage: slipstream ${name}${operand ? ` [${operand}]` : ''} [OPTIONS]

${summary}

Options:
${rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`).join('\n')}
${more ? `\n${more}` : ''}`;
}
