import { ESLint } from 'eslint';
import regexp from 'eslint-plugin-regexp';
import ts from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

/** Where text of clients and of backends is read. Specs, and what only they use, read their own. */
const FILES = ['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts', 'tools/**/*.mjs'];
const OWN_TEXT = ['**/*.spec.ts', '**/*.int-spec.ts', '**/testing/**', '**/dist/**', '**/node_modules/**'];

/**
 * Patterns whose time can grow faster than their input, and patterns that nothing can check because they are made at
 * run time.
 */
const eslint = new ESLint({
  overrideConfigFile: true,
  allowInlineConfig: false,
  errorOnUnmatchedPattern: false,
  overrideConfig: [
    { ignores: OWN_TEXT },
    {
      files: ['**/*.ts', '**/*.mjs'],
      languageOptions: { parser: ts.parser as never },
      plugins: { regexp },
      rules: {
        'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
        'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false }],
        'no-restricted-syntax': [
          'error',
          {
            selector: 'NewExpression[callee.name="RegExp"] > TemplateLiteral.arguments > MemberExpression.expressions',
            message: 'Write the pattern out, so that its growth can be checked.',
          },
          {
            selector:
              ':matches(NewExpression, CallExpression)[callee.name="RegExp"] > :not(Literal, ' +
              'TemplateLiteral).arguments:first-child',
            message: 'Write the pattern out, so that its growth can be checked.',
          },
        ],
      },
    },
  ],
});

async function broken(code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: 'libs/http/src/planted.ts' });
  return result!.messages.map(({ ruleId }) => ruleId);
}

const MOVE = 'regexp/no-super-linear-move';
const BACKTRACKING = 'regexp/no-super-linear-backtracking';

describe('patterns that a client could make slow, each planted', () => {
  it.each([
    ['a run that is begun at each of its characters', String.raw`text.replace(/;.*$/, '');`, MOVE],
    ['a run of white space at the end', String.raw`text.replace(/\s+$/, '');`, MOVE],
    ['two runs of the same', String.raw`/^a*b?a*$/.test(text);`, BACKTRACKING],
    ['a run of runs', String.raw`/^(?:a+)+$/.test(text);`, BACKTRACKING],
    ['a pattern of constants', 'const A = "a*"; new RegExp(`^${A}${A}$`).test(text);', BACKTRACKING],
    ['a pattern made of a variable', 'new RegExp(pattern).test(text);', 'no-restricted-syntax'],
  ])('%s: refused', async (_, code, rule) =>
    expect(await broken(`declare const text: string, pattern: string;\n${code}`)).toContain(rule),
  );

  it.each([
    ['a run that begins once', String.raw`/^\/[a-z]+$/.test('');`],
    ['a run behind what it is not', String.raw`''.replace(/(?<!\/)\/+$/, '');`],
  ])('%s: fine', async (_, code) => expect(await broken(code)).toEqual([]));
});

it('no such pattern is in the sources', async () => {
  const results = await eslint.lintFiles(FILES);
  expect(results.length).toBeGreaterThan(300);
  expect(
    results.flatMap(({ filePath, messages }) => messages.map(({ line, message }) => `${filePath}:${line} ${message}`)),
  ).toEqual([]);
}, 240_000);
