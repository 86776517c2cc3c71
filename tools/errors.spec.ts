import { globSync, readFileSync } from 'node:fs';
import { ERRORS } from '@slipstream/contracts';
import { describe, expect, it } from 'vitest';
import { errorReference } from './error-reference.mjs';

const TABLE = 'libs/contracts/src/errors/table/';
const CODE = globSync(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'])
  .filter((file) => !file.startsWith(TABLE) && !/\.(?:int-)?spec\.ts$|\/testing\//.test(file))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

/** That a code is not thrown unless the table has it is what the compiler checks. */
const isUsed = (code: string, text = CODE): boolean =>
  text.includes(`'${code}'`) ||
  (code.endsWith('_not_found') && text.includes(`NotFoundError('${code.slice(0, -'_not_found'.length)}'`)) ||
  (code.endsWith('_unavailable') &&
    text.includes(`DependencyUnavailableError('${code.slice(0, -'_unavailable'.length)}'`));

describe('the error table', () => {
  it('has no error that nothing raises', () => {
    expect(Object.keys(ERRORS).filter((code) => !isUsed(code))).toEqual([]);
  });

  it.each(['planted', 'planted_not_found', 'planted_unavailable'])('is found to have too much: %s', (code) => {
    expect(isUsed(code)).toBe(false);
  });

  it('is written out in docs/errors.md (npm run errors:docs)', () => {
    expect(readFileSync('docs/errors.md', 'utf8')).toBe(errorReference());
  });

  it('is the only place that gives an error a status', () => {
    const renderers = globSync(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts']).filter((file) =>
      /application\/problem\+json/.test(readFileSync(file, 'utf8')),
    );
    expect(renderers.filter((file) => !/spec\.ts$|\/testing\//.test(file))).toEqual([
      'libs/contracts/src/errors/error-answer.ts',
    ]);
  });
});
