import { Failure } from './failure.mjs';

const INSPECT = /^--inspect(-brk|-wait)?(=.+)?$/;

/**
 * Arguments of npm start and npm run dev, which the app's Node is started with.
 * @param {string} command for the error text
 * @param {string[]} args
 * @returns {string[]}
 * @throws {Failure} if an argument is none of Node's that open its inspector
 */
export function inspectOptions(command, args) {
  const unknown = args.filter((arg) => !INSPECT.test(arg));
  if (unknown.length > 0)
    throw new Failure(
      `${command} does not accept ${unknown.join(' ')}. It accepts --inspect, --inspect-brk and --inspect-wait, each with an optional =HOST:PORT. Settings go into the environment or slipstream.yaml.`,
    );
  return args;
}
