import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './workspace.mjs';

const FOLDER = join(ROOT, 'docs', 'decisions');
const INDEX = 'README.md';
const STATUS = /^(?:in force|(?:amended|replaced) by \[[^\]]+\]\((?<by>[^)]+)\))$/;

/** Rows of the index: date, linked file and status. */
function rowsOf(index: string): { date: string; file: string; status: string }[] {
  return [...index.matchAll(/^\| (\d{4}-\d{2}-\d{2}) \| \[[^\]]+\]\(([^)]+)\) \| (.+) \|$/gm)].map(
    ([, date = '', file = '', status = '']) => ({ date, file, status }),
  );
}

describe('the index of decisions', () => {
  const files = readdirSync(FOLDER).filter((file) => file !== INDEX);
  const rows = rowsOf(readFileSync(join(FOLDER, INDEX), 'utf8'));

  it('lists every decision once, in the order of the files', () => {
    expect(rows.map(({ file }) => file)).toEqual(files.toSorted());
  });

  it('gives the date of the file name', () => {
    expect(rows.filter(({ date, file }) => !file.startsWith(`${date}-`))).toEqual([]);
  });

  it.each(rows)('gives a status of $file that leads to a later decision', ({ file, status }) => {
    const match = STATUS.exec(status);
    expect(match).not.toBeNull();
    const by = match?.groups?.['by'];
    if (by !== undefined) expect([files.includes(by), by.slice(0, 10) >= file.slice(0, 10)]).toEqual([true, true]);
  });
});
