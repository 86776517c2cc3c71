import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import publicWords, {
  CODE_WORDS,
  codeWordsIn,
  headlessIn,
  PRIVATE_WORDS,
  privateWordsIn,
  proseOf,
  REPLACED_WORDS,
  replacedWordsIn,
} from './public-words.mjs';
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

describe('codeWordsIn', () => {
  it.each([
    ['askBackend', 'libs/proxy/src/a.ts', ['ask']],
    ['whoever asks first was asked', 'libs/proxy/src/a.ts', ['ask', 'asked']],
    ['the pods of the pool', 'libs/balancer/src/a.ts', ['pod']],
    ['pods', 'apps/gateway/src/doctor/open-webui/pods.ts', []],
    ['class Member', 'libs/balancer/src/pool/member.ts', ['member']],
    ['members of a JSON object', 'libs/http/src/json-scanner.ts', []],
    ['slow readers', 'libs/events/src/a.ts', ['reader']],
    ['AnswerReader', 'libs/upstream/src/answer-reader.ts', []],
    ['purgeMoment', 'libs/http-cache/src/a.ts', ['moment']],
    ['on trial', 'libs/balancer/src/a.ts', ['trial']],
    ['IndexTrials, an index trial', 'apps/gateway/src/create.ts', []],
    ['tasks, basket, podium, remember', 'libs/proxy/src/a.ts', []],
  ])('finds in %j of %s: %j', (text, path, words) => {
    expect(codeWordsIn(text, path)).toEqual(words);
  });
});

describe('headlessIn', () => {
  it.each([
    ['What a request needs.', ['what']],
    ['Sends a request. Who waits gets it.', ['who']],
    ['@param url what is fetched', ['what']],
    ['Whoever reads it.\n * Those that stay, stay.', ['whoever', 'those that']],
    ['Returns what is stored.', []],
    ['What is the time?', []],
  ])('finds in %j: %j', (comment, words) => {
    expect(headlessIn(comment)).toEqual(words);
  });
});

describe('the rule of lint', () => {
  const linter = new Linter();
  const config = { plugins: { slipstream: publicWords }, rules: { 'slipstream/public-words': 'error' } } as const;
  const messages = (code: string) =>
    linter.verify(code, config, { filename: 'libs/proxy/src/planted.js' }).map(({ message }) => message);

  it.each([
    ['a name', 'export const askBackend = 1;', /"ask"/],
    ['a private name', 'class A { tellAll() {} }', /"tell"/],
    ['a comment', '/** The pods. */', /"pod"/],
    ['a headless comment', '/** What it needs. */', /subject instead of "what"/],
    ['a text', 'throw new Error("nobody answers");', /"nobody"/],
    ['a template', 'throw new Error(`the fleet of ${1} is gone`);', /"fleet"/],
  ])('finds a planted word in %s', (_, code, message) => {
    expect(messages(code)).toEqual([expect.stringMatching(message)]);
  });

  it('accepts the terms', () => {
    expect(messages('/** The backends of the pool. */ export const sendTo = "a backend";')).toEqual([]);
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
    const words = [REPLACED_WORDS, PRIVATE_WORDS, CODE_WORDS].flatMap((table) => Object.keys(table));
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  });

  it('are defined once in the glossary', () => {
    const terms = [...read('docs/glossary.md').matchAll(/^\| (?!term|---)([^|]+) \|/gm)].map(([, term]) => term);
    expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
  });
});
