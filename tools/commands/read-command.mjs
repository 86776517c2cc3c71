import { parseArgs } from 'node:util';
import { Failure } from '../failure.mjs';
import { COMMANDS } from './command-table.mjs';

/**
 * @typedef {Record<string, string | true>} Options
 *
 * @typedef {{kind: 'help', name?: string}
 *   | {kind: 'version'}
 *   | {kind: 'run', name: string, operand?: string, options: Options}} Command
 */

/**
 * Reads a command line.
 * @param {string[]} args without Node and script
 * @returns {Promise<Command>}
 * @throws {Failure} that names the word which is not understood, and the one that may be meant
 */
export async function readCommand(args) {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return { kind: 'help' };
  if (name === '--version') return { kind: 'version' };
  if (!Object.hasOwn(COMMANDS, name)) throw await unknown('', name, [...Object.keys(COMMANDS), '--help', '--version']);
  const { tokens } = parseArgs({ args: rest, options: typesOf(name), strict: false, tokens: true });
  return tokens.some((token) => token.kind === 'option' && /^(?:help|h)$/.test(token.name))
    ? { kind: 'help', name }
    : { kind: 'run', name, ...(await readTokens(name, tokens)) };
}

const typesOf = (name) =>
  Object.fromEntries(
    Object.entries(COMMANDS[name].options).map(([option, { value, isOptional }]) => [
      option,
      { type: value && !isOptional ? 'string' : 'boolean' },
    ]),
  );

async function readTokens(name, tokens) {
  const { options: known, operand: operandName } = COMMANDS[name];
  const options = {};
  let operand;
  for (const token of tokens) {
    if (token.kind === 'option') options[token.name] = await valueOf(name, known, token);
    if (token.kind !== 'positional') continue;
    if (operandName === undefined || operand !== undefined) throw await unknown(`${name} `, token.value, []);
    operand = token.value;
  }
  return { operand, options };
}

async function valueOf(name, known, { name: option, rawName, value }) {
  if (!Object.hasOwn(known, option))
    throw await unknown(
      `${name} `,
      rawName,
      [...Object.keys(known), 'help'].map((each) => `--${each}`),
    );
  const { value: wanted, isOptional } = known[option];
  if (wanted && !isOptional && !value)
    throw new Failure(`slipstream ${name} needs a value for ${rawName}: ${rawName} ${wanted}.`);
  return value ?? true;
}

/** The near name is found by the library of the product, once that is installed and built. */
async function unknown(within, word, known) {
  const { nearest } = await import('@slipstream/config').catch(() => ({}));
  const near = nearest?.(word, known, () => 2);
  return new Failure(
    `slipstream ${within}does not accept ${word}${near ? `; did you mean ${near}?` : '.'} See ` +
      `slipstream ${within}--help.`,
  );
}
