import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from '../../tools/workspace.mjs';

/** Keeps a report as results/NAME.md. @param {string} name @param {string} text */
export const keep = (name, text) => keepAs(`${name}.md`, text);

/** Keeps a picture as results/NAME.svg. @param {string} name @param {string} svg */
export const keepPicture = (name, svg) => keepAs(`${name}.svg`, svg);

function keepAs(name, text) {
  const file = fileURLToPath(new URL(`../results/${name}`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  say(`Kept in ${file}`);
}
