import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { explainReport } from '@slipstream/mongo/explain';
import { explainTable } from './explain-table.mjs';
import { Failure, runMain } from './failure.mjs';

const USAGE = 'npm run db:explain -- FILE [--json]   (FILE is - for standard input)';

/** npm run db:explain: what is wrong with the plans that `explain("executionStats")` gave. It needs no database. */
async function main() {
  const { file, json } = readOptions();
  const print = json ? (report) => JSON.stringify(report) : explainTable;
  for (const { document, place } of documentsOf(await read(file))) console.log(print(report(document, place)));
}

function readOptions() {
  const { values, positionals } = parse();
  if (positionals.length !== 1) throw new Failure(`One file is needed. Usage: ${USAGE}`);
  return { file: positionals[0], json: values.json === true };
}

function parse() {
  try {
    return parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    throw new Failure(`${error.message}\nUsage: ${USAGE}`);
  }
}

async function read(file) {
  try {
    return (file === '-' ? await buffer(process.stdin) : await readFile(file)).toString('utf8').trim();
  } catch (error) {
    throw new Failure(`${file} can't be read: ${error.message}`);
  }
}

/** One document, a JSON array of them, or one on each line. */
function documentsOf(text) {
  const whole = parsed(text);
  if (whole !== undefined) return [whole].flat().map((document, index) => ({ document, place: `plan ${index + 1}` }));
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const document = parsed(line);
    if (document === undefined)
      throw new Failure(`The input is neither JSON nor one JSON document a line: line ${index + 1} can't be parsed.`);
    return [{ document, place: `line ${index + 1}` }];
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function report(document, place) {
  try {
    return explainReport(document);
  } catch (error) {
    throw new Failure(`${place}: ${error.message}. Save what explain("executionStats") returns, as JSON.`);
  }
}

await runMain(main);
