import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { sourcesIn } from './source-files.mjs';
import { ROOT } from './workspace.mjs';

const sources = ['apps', 'libs']
  .flatMap((folder) => sourcesIn(join(ROOT, folder), /(?<!\.d|spec)\.ts$/))
  .filter((file) => !file.includes('/testing/'))
  .map((file) => ({ file: relative(ROOT, file), text: readFileSync(file, 'utf8') }));
const inOrder = (names: Iterable<string>): string[] => [...new Set(names)].sort();
const found = (pattern: RegExp): string[] =>
  inOrder(sources.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, name]) => name!)));

const declared = found(/^export const (\w+): ModelDefinition\b/gm);

it('every schema belongs to a model definition', () => {
  const schemas = found(/^(?:export )?const (\w+)(?:: Schema<\w+>)? = new Schema<\w+>\(/gm);
  expect(schemas.length).toBeGreaterThan(10);
  const defined = sources
    .flatMap(({ text }) => [...text.matchAll(/: ModelDefinition = (\{[^;]*);/g)].map(([, body]) => body!))
    .join();
  expect(schemas.filter((name) => !new RegExp(`\\b${name}\\b`).test(defined))).toEqual([]);
});

it('every model is registered by forFeature, and injected by InjectModel', () => {
  expect(declared.length).toBeGreaterThan(10);
  const registered = sources.flatMap(({ text }) =>
    [...text.matchAll(/forFeature\(\[([^\]]*)\]/g)].flatMap(([, names]) => names!.match(/\w+/g) ?? []),
  );
  expect(inOrder(registered)).toEqual(declared);
  expect(found(/@InjectModel\((\w+)\.name\)/g)).toEqual(declared);
});

it('no source makes a model beside @nestjs/mongoose', () => {
  const made = /\bmongoose\.(?:model|connect)\(|\bconnection\.model\(|\bnew Mongoose\(/i;
  expect(sources.filter(({ text }) => made.test(text)).map(({ file }) => file)).toEqual([]);
  expect(sources.filter(({ text }) => text.includes('MongooseModule.forRoot')).map(({ file }) => file)).toEqual([
    'libs/mongo/src/database.module.ts',
  ]);
});
