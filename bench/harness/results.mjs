import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from '../../tools/workspace.mjs';

/** Keeps a report as results/NAME.md. @param {string} name @param {string} text */
export function keep(name, text) {
  const file = fileURLToPath(new URL(`../results/${name}.md`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  say(`Kept in ${file}`);
}
