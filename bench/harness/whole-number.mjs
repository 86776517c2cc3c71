import { Failure } from '../../tools/failure.mjs';

/**
 * The value of an option that counts something.
 * @param {string} name
 * @param {string} text
 * @throws {Failure}
 */
export function wholeNumber(name, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Failure(`${name} must be a whole number from 1, not '${text}'.`);
  return Number(text);
}
