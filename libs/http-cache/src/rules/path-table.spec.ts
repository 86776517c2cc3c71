import { describe, expect, it } from 'vitest';
import { PathTable } from './path-table.js';

const find = (patterns: string[], path: string) => {
  const table = new PathTable<string>();
  for (const pattern of patterns) table.add(pattern, pattern);
  return table.find(path.slice(1).split('/'));
};

describe('PathTable', () => {
  it.each([
    ['/', '/', '/'],
    ['/a', '/a', '/a'],
    ['/a/', '/a/', '/a/'],
    ['/a', '/a/', undefined],
    ['/a', '/ab', undefined],
    ['/{x}', '/', undefined],
    ['/a/{x}', '/a/b', '/a/{x}'],
    ['/a/{x}', '/a/', undefined],
    ['/a/{x}', '/a/b/c', undefined],
    ['/a/**', '/a/b/c', '/a/**'],
    ['/a/**', '/a/', '/a/**'],
    ['/a/**', '/a', undefined],
    ['/a/**', '/ab', undefined],
    ['/**', '/anything/at/all', '/**'],
  ])('%s and %s', (pattern, path, entry) => expect(find([pattern], path)?.entry).toBe(entry));

  it('says what stood in the places', () =>
    expect(find(['/a/{x}/b/{y}'], '/a/1/b/2')?.places).toEqual({ x: '1', y: '2' }));

  it.each([
    ['/a/b', '/a/b'],
    ['/a/c', '/a/{x}'],
    ['/a/b/c', '/a/b/**'],
    ['/a/c/d', '/a/**'],
    ['/z', '/**'],
  ])('takes the most specific for %s, in whatever order they came', (path, entry) => {
    const patterns = ['/**', '/a/**', '/a/{x}', '/a/b', '/a/b/**'];
    expect([find(patterns, path)?.entry, find(patterns.reverse(), path)?.entry]).toEqual([entry, entry]);
  });

  it('goes back where the more specific way has no end', () =>
    expect(find(['/a/b/c', '/a/{x}/d'], '/a/b/d')?.entry).toBe('/a/{x}/d'));

  it.each(['a', '/a*', '/**/a', '/{x', '/a{x}'])('refuses %s', (pattern) =>
    expect(() => find([pattern], '/')).toThrow(TypeError),
  );
  it('refuses two names for one place', () => expect(() => find(['/{a}/x', '/{b}/y'], '/')).toThrow(/calls \{a\}/));
});
