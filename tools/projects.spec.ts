import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './workspace.mjs';

const json = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as unknown;
const PROJECTS = ['apps', 'libs'].flatMap((kind) =>
  readdirSync(join(ROOT, kind))
    .map((name) => `${kind}/${name}`)
    .filter((project) => existsSync(join(ROOT, project, 'package.json'))),
);
const { references } = json('tsconfig.json') as { references: { path: string }[] };

describe.each(PROJECTS)('%s', (project) => {
  it('checks the types of its specs apart from its build', () => {
    expect(json(`${project}/tsconfig.spec.json`)).toEqual({
      extends: '../../tsconfig.spec.json',
      references: [{ path: '.' }],
    });
    // tsconfig.base.json excludes the specs
    expect(json(`${project}/tsconfig.json`)).not.toHaveProperty('exclude');
  });

  it('is part of the whole build', () => {
    const paths = references.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining([project, `${project}/tsconfig.spec.json`]));
  });

  it('can be built, checked and tested alone, so that `nx affected -t test` finds it', () => {
    const { nx } = json(`${project}/package.json`) as { nx: { targets: object } };
    expect(Object.keys(nx.targets)).toEqual(expect.arrayContaining(['build', 'test', 'lint', 'typecheck']));
  });
});
