import { mkdirSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../../tools/failure.mjs';
import { STATE_DIR, say } from '../../tools/workspace.mjs';
import { keep } from '../harness/results.mjs';
import { measureExtraction } from './extraction.mjs';
import { measureKills } from './kills.mjs';
import { measureMemory } from './memory.mjs';
import { measureQuality } from './quality.mjs';
import { report } from './report.mjs';
import { measureSearch } from './search.mjs';

const PARTS = {
  extraction: measureExtraction,
  search: measureSearch,
  quality: measureQuality,
  memory: measureMemory,
  kills: measureKills,
};

/**
 * npm run bench -- documents [--part extraction|search|quality|memory|kills]. Each part takes a few minutes; the
 * report has the last figures of every part.
 * @param {string[]} args
 */
export async function run(args) {
  const { values } = parseArgs({ args, options: { part: { type: 'string' } } });
  if (values.part !== undefined && !Object.hasOwn(PARTS, values.part))
    throw new Failure(`There is no '${values.part}'.`);
  const folder = join(STATE_DIR, 'bench-documents');
  mkdirSync(folder, { recursive: true });
  for (const name of values.part === undefined ? Object.keys(PARTS) : [values.part]) {
    say(`documents: ${name}`);
    const figures = await PARTS[name]();
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(figures));
    console.log(figures);
  }
  const files = Object.keys(PARTS).map((name) => [name, join(folder, `${name}.json`)]);
  const measured = files.filter(([, file]) => existsSync(file));
  const text = report(
    Object.fromEntries(measured.map(([name, file]) => [name, JSON.parse(readFileSync(file, 'utf8'))])),
  );
  console.log(`\n${text}`);
  keep('documents', text);
}
