import { runInNewContext } from 'node:vm';
import zlib from 'node:zlib';
import { parse, toPlainObject } from 'css-tree';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { Optimizers } from './testing/optimizers.js';

const optimizers = new Optimizers();
afterAll(() => optimizers.close());

const made = async (type: 'script' | 'style' | 'svg', text: string) => {
  const { bytes, isTransformed } = await optimizers.transform(Buffer.from(text), { type });
  return { text: bytes.toString(), isTransformed };
};

const SCRIPT = `/*! (c) the authors, MIT */
"use strict";
// adds up what it is given
function addUp(...numbers) {
  const self = addUp.name;          /* names are read by programs */
  return self + numbers.reduce((sum, each) => sum + each, 0);
}
class Point { #x = 1; get coordinate() { return this.#x } }
const text = "a\\u00e9  b", pattern = /\\s+ [/]/g, template = \`x  \${ 1 + 1 }
  y\`;
result = [addUp(1, 2), new Point().coordinate, Point.name, text, template, 'a  b/c'.replace(pattern, '-'), 3
- -2, (() => { return
  1 })()];
`;

describe('a script', () => {
  it('does the same, with the same names, in fewer bytes', async () => {
    const { text } = await made('script', SCRIPT);
    expect(text.length).toBeLessThan(SCRIPT.length * 0.8);
    const results = [SCRIPT, text].map((code) => {
      const context = { result: undefined };
      runInNewContext(code, context);
      return JSON.stringify(context.result);
    });
    expect(results[1]).toBe(results[0]);
    expect(results[0]).toContain('addUp3');
  });

  it('keeps the comment of its licence, and its ASCII', async () => {
    const { text } = await made('script', SCRIPT);
    expect(text).toContain('/*! (c) the authors, MIT */');
    expect(text).toMatch(/^[\0-\x7f]*$/);
  });

  it.each([
    ['a broken one', 'function (\n  {'],
    ['a minified one', `let a=[${Array.from({ length: 200 }, (_, i) => i).join(', ')}]`],
    ['one that is not UTF-8', Buffer.from('alert( "\xe9" )\n\n', 'latin1').toString('latin1')],
    ['markup', '<!doctype html>\n<title>x</title>\n'],
  ])('stays as it is: %s', async (name, text) => {
    const bytes = Buffer.from(text, name.includes('UTF-8') ? 'latin1' : 'utf8');
    const kept = await optimizers.transform(bytes, { type: 'script' });
    expect([kept.isTransformed, kept.bytes.equals(bytes)]).toEqual([false, true]);
  });
});

const STYLE = `@charset "UTF-8";
/*! licence */
a:is( .b , [c="d  e"] )  >  i {
  display: -webkit-box; display: flex;     /* for old browsers */
  height: 100vh;
  height: 100dvh;
  width: calc( 1px  +  2% );
  *zoom: 1;
  background: url( "a b.png" ) no-repeat
}
@media ( min-width: 100px ) { b { color: rgba( 0, 0, 0, .5 ); --own:  x  } }
@layer base { .c { & > d { inset: 0 } } }
`;

describe('a style sheet', () => {
  it('has all its rules and declarations, in fewer bytes', async () => {
    const { text } = await made('style', STYLE);
    expect(text.length).toBeLessThan(STYLE.length * 0.85);
    const trees = [STYLE, text].map((css) =>
      JSON.stringify(toPlainObject(parse(css, { parseValue: true })), (key, value: unknown) =>
        key === 'loc' ? undefined : value,
      )
        .replace(/"value":"\s*x\s*"/, '"value":"x"')
        .replace(/\{"type":"Comment",[^}]*\},?/g, ''),
    );
    expect(trees[1]).toBe(trees[0]);
    expect(text).toContain('/*! licence */');
  });

  it.each([
    ['a minified one', `a{${'color:red;'.repeat(50)}}`],
    ['an empty one', ''],
    ['one that was cut off', 'a {\n  color: red;\n  background: url("x'],
    ['one with a wrong brace', 'a {\n  color: red;\n}\n}\nb {\n  color: blue;\n}'],
    ['one without a colon', 'a {\n  color red;\n}'],
    ['a page', '<!doctype html>\n<html>\n  <p>not found</p>\n</html>'],
  ])('stays as it is: %s', async (_, text) =>
    expect(await made('style', text)).toEqual({ text, isTransformed: false }),
  );
});

const SVG = `<?xml version="1.0" encoding="UTF-8"?>
<!-- made by an editor -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" viewBox="0 0 100 100">
  <metadata><rdf/></metadata>
  <defs><symbol id="dot"><circle cx="10.000000001" cy="10" r="8" class="named"/></symbol></defs>
  <g inkscape:label="Layer 1" fill="#ff0000">
    <path d="M 10.000000,10.000000 L 90.00000012,10.000000 L 50.123456789,80.0000001 Z"/>
    <use href="#dot" x="40" y="40" fill="rgb(0,0,255)"/>
  </g>
</svg>`;

const pixels = (svg: string): Promise<Buffer> => sharp(Buffer.from(svg)).resize(200, 200).raw().toBuffer();

describe('an SVG image', () => {
  it('looks the same, in fewer bytes, and keeps its names', async () => {
    const { text } = await made('svg', SVG);
    expect(text.length).toBeLessThan(SVG.length * 0.7);
    const [before, after] = await Promise.all([pixels(SVG), pixels(text)]);
    const largest = before.reduce((most, value, i) => Math.max(most, Math.abs(value - after[i]!)), 0);
    expect(after.length).toBe(before.length);
    expect(largest).toBeLessThan(8);
    for (const name of ['viewBox="0 0 100 100"', 'id="dot"', 'class="named"']) expect(text).toContain(name);
  });

  const around = (inside: string, head = ''): string =>
    `${head}<svg xmlns="http://www.w3.org/2000/svg">\n  <!-- c -->\n  ${inside}\n</svg>`;
  const LAUGHS = `<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>`;

  it.each([
    ['a script', around('<script>document.title = "x"</script>')],
    ['a handler', around('<g onload = "alert(1)"/>')],
    ['a link to a script', around('<a href="javascript:alert(1)"><g/></a>')],
    ['a page', around('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>')],
    ['entities', around('<text>&b;</text>', LAUGHS)],
    ['broken XML', around('<g><path></g>')],
    ['another charset', around('<g/>', '<?xml version="1.0" encoding="iso-8859-1"?>\n')],
    ['nothing', ''],
    ['half of its first tag', '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1'],
    ['half of its text', around('<g/>  <g/>').slice(0, -30)],
  ])('stays as it is: with %s', async (_, text) =>
    expect(await made('svg', text)).toEqual({ text, isTransformed: false }),
  );

  it('may use itself without end', async () => {
    const endless = around('<g id="a">  <use href="#b"/></g>  <g id="b"><use href="#a"/>  <use href="#a"/></g>');
    const { text, isTransformed } = await made('svg', endless);
    expect([isTransformed, text.match(/<use/g)]).toEqual([true, ['<use', '<use', '<use']]);
  });

  it('that is nested too deeply stays as it is', async () => {
    const deep = around('<g>\n'.repeat(50_000) + '</g>\n'.repeat(50_000));
    expect((await made('svg', deep)).isTransformed).toBe(false);
  });
});

it('a transformed asset is coded, and once per content', async () => {
  const optimizer = optimizers.start();
  const options = { to: 'br', effort: 'best', transformation: { type: 'script' } } as const;
  const coded = await optimizer.recode({ bytes: zlib.gzipSync(SCRIPT), from: 'gzip' }, options);
  const { text } = await made('script', SCRIPT);
  expect(zlib.brotliDecompressSync(coded!.bytes).toString()).toBe(text);
  expect(coded).toMatchObject({ isTransformed: true, contentBytes: text.length });
});

it('a failed transformation leaves the coding, is reported, and is not repeated', async () => {
  const broken = Buffer.from(`let \n${'  a b c\n'.repeat(100)}`);
  const options = { to: 'br', effort: 'best', transformation: { type: 'script' } } as const;
  const own = new Optimizers();
  for (let i = 0; i < 2; i++) {
    const coded = await own.start().recode({ bytes: broken }, options);
    expect(zlib.brotliDecompressSync(coded!.bytes).equals(broken)).toBe(true);
  }
  expect(own.logged).toEqual([{ reason: expect.stringContaining('Transform failed') as string }]);
  own.close();
});
