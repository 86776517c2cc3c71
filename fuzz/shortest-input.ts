import type { Input } from './http1-inputs.js';

/**
 * Makes an input that does harm shorter, as long as it still does: pieces are joined, then ever smaller parts are left
 * out.
 * @param isHarmful sends it to a gateway of its own
 */
export async function shortestInput(
  input: Input,
  isHarmful: (input: Input) => Promise<boolean>,
  maxTries = 60,
): Promise<Input> {
  let shortest = input;
  let tries = maxTries;
  const attempt = async (next: Input): Promise<boolean> => {
    if (tries-- <= 0 || !(await isHarmful(next))) return false;
    shortest = next;
    return true;
  };
  await attempt([input.join('')]);
  for (let parts = 2; tries > 0 && parts <= shortest.join('').length; parts *= 2) {
    for (let part = 0; part < parts; part++) {
      const cut = Math.ceil(Math.max(...shortest.map(({ length }) => length)) / parts);
      await attempt(shortest.map((piece) => piece.slice(0, part * cut) + piece.slice((part + 1) * cut)));
    }
  }
  return shortest;
}
