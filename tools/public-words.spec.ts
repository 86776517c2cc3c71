import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PRIVATE_WORDS, privateWordsIn, proseOf, REPLACED_WORDS, replacedWordsIn } from './public-words.mjs';
import { ROOT } from './workspace.mjs';

/** The changelog lists the old names beside the new ones. */
const EXEMPT = ['CHANGELOG.md'];
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && !EXEMPT.includes(file));

const read = (file: string) => {
  try {
    return readFileSync(join(ROOT, file), 'utf8');
  } catch {
    return ''; // deleted and not committed yet
  }
};

/** `docs/queues.md:7: nobody` for each word. */
const linesWith = (file: string, text: string, find: (line: string) => string[]): string[] =>
  text.split('\n').flatMap((line, index) => find(line).map((word) => `${file}:${index + 1}: ${word}`));

describe('replacedWordsIn', () => {
  it.each([
    ['The flight was lost', ['flight']],
    ['Two flights, and their audience', ['flight', 'audience']],
    ['Wishes come true', ['wish']],
    ['a two-level cache', ['two-level']],
    ['newEndNotice', ['end notice']],
    ['PATIENCE_MS', ['patience']],
    ['libs/http-cache/src/two-tier.store.ts', ['two-tier']],
    ['slipstream_flights', ['flight']],
    ['the default of several operators', []],
    ['slipstream_http_requests_in_flight, inFlight', []],
  ])('finds in %j: %j', (text, words) => {
    expect(replacedWordsIn(text)).toEqual(words);
  });
});

describe('privateWordsIn', () => {
  it.each([
    ['Nobody waits', ['nobody']],
    ['what the registry tells the pool', ['tell']],
    ['requests that there are not', ['that there are not']],
    ['the fault of the backend', ['fault']],
    ['fault injection into a known answer, for hours', []],
  ])('finds in %j: %j', (text, words) => {
    expect(privateWordsIn(text)).toEqual(words);
  });
});

describe('the words of the glossary', () => {
  it('are the only ones in file names', () => {
    expect(FILES.flatMap((file) => linesWith(file, file, replacedWordsIn))).toEqual([]);
  });

  it('are the only ones in pages', () => {
    const pages = FILES.filter((file) => file.endsWith('.md'));
    expect(pages.flatMap((file) => linesWith(file, proseOf(read(file)), privateWordsIn))).toEqual([]);
  });

  it('are the only ones in YAML and JSON', () => {
    const data = FILES.filter((file) => /\.(?:ya?ml|json)$/.test(file) && !file.endsWith('package-lock.json'));
    expect(data.flatMap((file) => linesWith(file, read(file), replacedWordsIn))).toEqual([]);
  });

  it.each([
    ['a page', linesWith('planted.md', proseOf('`nobody` is fine,\nand nobody is not'), privateWordsIn)],
    ['a file name', linesWith('src/fleet.ts', 'src/fleet.ts', replacedWordsIn)],
    ['a key of YAML', linesWith('planted.yaml', 'a: 1\nholdMs: 5', replacedWordsIn)],
  ])('are missed by a planted violation in %s', (_, found) => {
    expect(found).toHaveLength(1);
  });

  it('do not overlap', () => {
    expect(Object.keys(REPLACED_WORDS).filter((word) => word in PRIVATE_WORDS)).toEqual([]);
  });

  it('are defined once in the glossary', () => {
    const terms = [...read('docs/glossary.md').matchAll(/^\| (?!term|---)([^|]+) \|/gm)].map(([, term]) => term);
    expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
  });
});
