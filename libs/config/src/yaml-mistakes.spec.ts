import { parseDocument } from 'yaml';
import { expect, it } from 'vitest';
import { yamlMistakes } from './yaml-mistakes.js';

const mistakes = (text: string) => yamlMistakes(parseDocument(text, { schema: 'core', prettyErrors: true }));

it.each([
  ['listen:\n\tport: 80', 2, 'is indented with a tab'],
  ['web:\n  preset: open-webui\n retries: {}', 3, 'is not indented like its section'],
  ['web:\n  backends: [\nlog: {}', 3, 'a bracket, brace or quote before it is not closed'],
  ['redis:\n  url: "redis://:s3cret@h', 2, 'the end of a quote'],
  ['log:\n  level: info\nweb\n', 3, 'the : after a name'],
  ['web:\n  backends: []]', 2, 'has an unexpected bracket, brace or comma'],
  ['llm:\n  - apiKey: @s3cret', 2, 'put it in quotes'],
  ['redis: url: redis://:s3cret@h', 1, 'has a second name on the line'],
  ['log: {}\nlog: {}', 2, 'repeats a name of this section; keep one of them'],
  ['redis: { url: memory:}', 1, 'put the text in quotes'],
  ['log: {}\n---\nlog: {}', 2, 'begins a second document'],
  ['web:\n  overlayFile: "C:\\s3cret"', 2, 'write \\\\'],
  ['redis:\n  url: !vault s3cret', 2, 'has an unknown tag (!)'],
])('says what is wrong with %j', (text, line, words) => {
  const found = mistakes(text);
  expect(found).toContainEqual({ line, what: expect.stringContaining(words) });
  expect(JSON.stringify(found)).not.toContain('s3cret');
});

it('says each thing once per line', () => {
  const found = mistakes(`a: ${'['.repeat(10_000)}`);
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(found.map(({ line, what }) => `${line} ${what}`)).size).toBe(found.length);
});

it('leaves alone what is only unusual', () => {
  expect(mistakes('%YAML 1.2\n---\nweb: {\n  retries: { maxTries: 2 }\n}')).toEqual([]);
});
