import { describe, expect, it } from 'vitest';
import { LearnedPreloads } from './learned-preloads.js';

const module = (...paths: string[]): string => paths.map((path) => `<${path}>; rel=modulepreload`).join(', ');

/** One browser opens a page and loads files. @returns the Link field that it got */
function visit(sut: LearnedPreloads, tag: string, ...paths: string[]): string {
  const connection = {};
  const link = sut.open(connection, tag);
  for (const path of paths) sut.load(connection, path, 'module');
  return link;
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `/${i}.js`);

it('names to the next browser what the first has loaded, in its order', () => {
  const sut = new LearnedPreloads({});
  expect(visit(sut, 'v1', '/b.js', '/a.js', '/b.js')).toBe('');
  expect(visit(sut, 'v1')).toBe(module('/b.js', '/a.js'));
});

it('names each kind of file in its own way', () => {
  const sut = new LearnedPreloads({});
  const connection = {};
  sut.open(connection, 'v1');
  sut.load(connection, '/a.css', 'style');
  sut.load(connection, '/a.js', 'script');
  expect(sut.open({}, 'v1')).toBe('</a.css>; rel=preload; as=style, </a.js>; rel=preload; as=script');
});

describe('a file', () => {
  it.each([
    [2, 4, true],
    [1, 4, false],
  ])('that %d of %d loads included is named: %s', (withIt, all, isNamed) => {
    const sut = new LearnedPreloads({});
    for (let i = 0; i < all; i++) visit(sut, 'v1', '/always.js', ...(i < withIt ? ['/some.js'] : []));
    expect(visit(sut, 'v1').includes('/some.js')).toBe(isNamed);
  });

  it('keeps its share when browsers come that have everything cached', () => {
    const sut = new LearnedPreloads({});
    visit(sut, 'v1', '/a.js');
    for (let i = 0; i < 10; i++) visit(sut, 'v1');
    expect(visit(sut, 'v1')).toBe(module('/a.js'));
  });

  it('of another page, connection or time is not named', () => {
    let now = 0;
    const sut = new LearnedPreloads({ visitMs: 100, now: () => now });
    const connection = {};
    sut.open(connection, 'v1');
    sut.load({}, '/other-connection.js', 'module');
    now = 101;
    sut.load(connection, '/late.js', 'module');
    visit(sut, 'v2', '/v2.js');
    expect(visit(sut, 'v1')).toBe('');
  });

  it('is forgotten when pages stop to load it', () => {
    const sut = new LearnedPreloads({});
    for (let i = 0; i < 40; i++) visit(sut, 'v1', '/old.js');
    for (let i = 0; i < 100; i++) visit(sut, 'v1', '/new.js');
    expect(visit(sut, 'v1')).toBe(module('/new.js'));
  });
});

describe('the memory', () => {
  it('holds a bounded number of pages, and those that are in use', () => {
    const sut = new LearnedPreloads({});
    visit(sut, 'used', '/a.js');
    for (let i = 0; i < 100; i++) {
      visit(sut, `v${i}`, '/b.js');
      expect(visit(sut, 'used')).toBe(module('/a.js'));
    }
    expect(visit(sut, 'v0')).toBe('');
  });

  it('holds a bounded number of files', () => {
    const sut = new LearnedPreloads({ maxLinkBytes: 1e6 });
    visit(sut, 'v1', ...numbered(10_000));
    expect(visit(sut, 'v1')).toBe(module(...numbered(512)));
  });
});

it('keeps the field within its limit', () => {
  const sut = new LearnedPreloads({ maxLinkBytes: 100 });
  visit(sut, 'v1', ...numbered(50));
  expect(visit(sut, 'v1')).toBe(module(...numbered(3)));
});
