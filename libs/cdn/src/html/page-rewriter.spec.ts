import { superLinearInput } from '@slipstream/contracts/testing';
import { describe, expect, it } from 'vitest';
import { PageRewriter, type ReferenceKind } from './page-rewriter.js';

const CDN = 'https://cdn.example/chat/';
const ALL: ReferenceKind[] = ['scripts', 'styles', 'images', 'preloads'];

/** Only files below /_app/immutable/ are at the network. */
const toCdn = (target: string): string | undefined =>
  target.startsWith('/_app/immutable/') ? CDN + target.slice(1) : undefined;

interface Given {
  kinds?: ReferenceKind[];
  policies?: string[];
  target?: string;
  /** Bytes of each piece in which the page flows. */
  pieces?: number;
}

function rewritten(
  page: string | Buffer,
  { kinds = ALL, policies = [], target = '/', pieces = 1e9 }: Given = {},
): string {
  const bytes = Buffer.from(page as string);
  const rewriter = new PageRewriter({ cdnUrl: CDN, kinds: new Set(kinds), toCdn }, target, policies);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieces) out.push(rewriter.write(bytes.subarray(at, at + pieces)));
  return Buffer.concat([...out, rewriter.end()]).toString();
}

const A = '/_app/immutable/a.js';
const AT_CDN = `${CDN}_app/immutable/a.js`;

describe('a reference', () => {
  it.each([
    [`<script src="${A}"></script>`, `<script src="${AT_CDN}"></script>`],
    [`<SCRIPT TYPE=module SRC='${A}'>`, `<SCRIPT TYPE=module SRC='${AT_CDN}'>`],
    [`<script defer src=${A}></script>`, `<script defer src=${AT_CDN}></script>`],
    [`<link rel="stylesheet" href=" ${A}?v=1&amp;w=2#x ">`, `<link rel="stylesheet" href="${AT_CDN}?v=1&amp;w=2#x">`],
    [`<link href="${A}" rel="modulepreload"/>`, `<link href="${AT_CDN}" rel="modulepreload"/>`],
    [`<link rel="preload" as="style" href="${A}">`, `<link rel="preload" as="style" href="${AT_CDN}">`],
    [`<link rel="shortcut icon" href="${A}">`, `<link rel="shortcut icon" href="${AT_CDN}">`],
    [`<img alt="a>b" src="${A}">`, `<img alt="a>b" src="${AT_CDN}">`],
    [`<img srcset="${A} 1x, /b.png 2x" src="${A}">`, `<img srcset="${AT_CDN} 1x, /b.png 2x" src="${AT_CDN}">`],
    [`<picture><source srcset="${A} 100w">`, `<picture><source srcset="${AT_CDN} 100w">`],
    [`<script src="${A}" src="/x.js">`, `<script src="${AT_CDN}" src="/x.js">`],
    [`<noscript><img src="${A}"></noscript>`, `<noscript><img src="${AT_CDN}"></noscript>`],
  ])('%s becomes %s', (page, expected) => expect(rewritten(page)).toBe(expected));

  it.each([
    ['is of another origin', `<script src="https://other.example${A}">`],
    ['is of another origin without a scheme', `<script src="//other.example${A}">`],
    [
      'is of no public immutable file',
      '<script src="/static/loader.js"></script><img src="/api/v1/users/1/profile/image">',
    ],
    ['is data', '<img src="data:image/png;base64,AAAA" srcset="data:image/png,/_app/immutable/a.js 1x">'],
    ['is empty', '<script src=""></script><script src></script><img src= >'],
    ['has another character reference', '<script src="/_app/immutable/a&#46;js">'],
    ['has a legacy character reference', '<script src="/_app/immutable/a.js?x&copy=1">'],
    ['is of another attribute', `<script data-src="${A}"></script><a href="${A}">x</a>`],
    ['is of another relation', `<link rel="manifest" href="${A}"><link rel="preload" as="fetch" href="${A}">`],
    ['is in a script', `<script>const x = '<script src="${A}">';</script>`],
    ['is in a style', `<style>/* <img src="${A}"> */</style>`],
    ['is in a comment', `<!-- <img src="${A}"> -->`],
    ['is in a text area', `<textarea><img src="${A}"></textarea><title><img src="${A}"></title>`],
    ['is in an attribute', `<div title='<img src="${A}">'>`],
    ['is in text', `src="${A}" &lt;img src="${A}">`],
    ['is in a tag that does not end', `<script src="${A}"`],
    ['is very long', `<script src="${A}?${'x'.repeat(9_000)}">`],
  ])('that %s stays as it is', (_, page) => expect(rewritten(page)).toBe(page));

  it('is resolved by the path of the page, and by its base', () => {
    const page = (before: string, src: string): string => `${before}<script src="${src}"></script>`;
    const at = { target: '/c/42?x=1' };
    expect(rewritten(page('', '../_app/immutable/a.js'), at)).toBe(page('', AT_CDN));
    expect(rewritten(page('', './_app/immutable/a.js'), at)).toBe(page('', './_app/immutable/a.js'));
    expect(rewritten(page('<base href="/">', '_app/immutable/a.js'), at)).toBe(page('<base href="/">', AT_CDN));
    for (const base of ['<base href="https://other.example/">', '<base href="&#47;&#47;other.example">'])
      expect(rewritten(page(base, A), at)).toBe(page(base, A));
  });

  it('with integrity gets crossorigin, so that the browser can verify it', () => {
    const integrity = 'integrity="sha384-x"';
    expect(rewritten(`<script ${integrity} src="${A}">`)).toBe(
      `<script crossorigin="anonymous" ${integrity} src="${AT_CDN}">`,
    );
    expect(rewritten(`<link rel=stylesheet ${integrity} href=${A}>`)).toBe(
      `<link crossorigin="anonymous" rel=stylesheet ${integrity} href=${AT_CDN}>`,
    );
    expect(rewritten(`<script ${integrity} crossorigin src="${A}">`)).toBe(
      `<script ${integrity} crossorigin src="${AT_CDN}">`,
    );
    expect(rewritten(`<script ${integrity} src="/x.js">`)).toBe(`<script ${integrity} src="/x.js">`);
  });

  it('of a kind that is off stays as it is', () => {
    const page = `<link rel="modulepreload" href="${A}"><script src="${A}">`;
    expect(rewritten(page, { kinds: ['scripts'] })).toBe(
      `<link rel="modulepreload" href="${A}"><script src="${AT_CDN}">`,
    );
  });
});

describe('a policy', () => {
  const PAGE = `<script src="${A}"></script><link rel="stylesheet" href="${A}"><img src="${A}">`;
  const changed = (policies: string[]): string[] => {
    const page = rewritten(PAGE, { policies });
    return ['script src', 'stylesheet" href', 'img src'].filter((each) => page.includes(`${each}="${CDN}`));
  };
  const [SCRIPT, STYLE, IMAGE] = ['script src', 'stylesheet" href', 'img src'];

  it.each([
    [[], [SCRIPT, STYLE, IMAGE]],
    [["frame-ancestors 'self'"], [SCRIPT, STYLE, IMAGE]],
    [["default-src 'self'"], []],
    [["default-src 'self' https://cdn.example"], [SCRIPT, STYLE, IMAGE]],
    [["default-src 'self'; img-src *"], [IMAGE]],
    [["default-src 'none'; script-src cdn.example; img-src https:; style-src *.example"], [SCRIPT, STYLE, IMAGE]],
    [['script-src https://cdn.example/chat/; style-src cdn.example/other/; img-src cdn.example:8443'], [SCRIPT]],
    [["script-src 'nonce-x' 'strict-dynamic' https:"], [STYLE, IMAGE]],
    [['script-src-elem cdn.example; script-src none'], [SCRIPT, STYLE, IMAGE]],
    [
      ['default-src *', "script-src 'self'"],
      [STYLE, IMAGE],
    ],
    [["default-src *, img-src 'self'"], [SCRIPT, STYLE]],
    [['DEFAULT-SRC HTTPS://CDN.EXAMPLE; default-src *'], [SCRIPT, STYLE, IMAGE]],
    [['default-src http://cdn.example'], [SCRIPT, STYLE, IMAGE]],
    [['default-src https://cdn.example:*'], [SCRIPT, STYLE, IMAGE]],
    [['default-src ftp://cdn.example *.cdn.example xcdn.example'], []],
  ])('%j allows %j', (policies, kinds) => expect(changed(policies)).toEqual(kinds));

  it('in the page counts from there on', () => {
    const meta = (policy: string): string => `<meta http-equiv="content-security-policy" content="${policy}">`;
    const script = (url: string): string => `<script src="${url}"></script>`;
    const page = script(A) + meta("script-src 'self'") + script(A);
    expect(rewritten(page)).toBe(script(AT_CDN) + meta("script-src 'self'") + script(A));
    const allowing = meta('script-src &#39;self&#39; https://cdn.example') + script(A);
    expect(rewritten(allowing)).toBe(allowing.replace(A, AT_CDN));
    const unread = meta('script-src &lt;') + script(A);
    expect(rewritten(unread)).toBe(unread);
  });
});

describe('a page', () => {
  const PAGE =
    `<!doctype html><html><head><base href="/"><title>ä € 漢 <b></title><!-- > --><script src='${A}' defer></script>` +
    `<script>if (a < b) document.write("<img src='${A}'>")</script><img srcset="${A} 1x, ${A} 2x" src=${A}></html>`;
  const EXPECTED = rewritten(PAGE);

  it.each([1, 2, 3, 7, 64])('is rewritten alike in pieces of %i bytes', (pieces) =>
    expect(rewritten(PAGE, { pieces })).toBe(EXPECTED),
  );

  it('keeps every byte that is no URL', () => {
    const bytes = Buffer.from(Array.from({ length: 65_536 }, (_, i) => (i * 7919) & 0xff));
    const rewriter = new PageRewriter({ cdnUrl: CDN, kinds: new Set(ALL), toCdn: () => undefined }, '/', []);
    expect(Buffer.concat([rewriter.write(bytes), rewriter.end()]).equals(bytes)).toBe(true);
  });

  it('is sent as it flows: no more than a tag is held back', () => {
    const rewriter = new PageRewriter({ cdnUrl: CDN, kinds: new Set(ALL), toCdn }, '/', []);
    expect(String(rewriter.write(Buffer.from('<p>text<script src="/_app')))).toBe('<p>text');
    expect(String(rewriter.write(Buffer.from('/immutable/a.js">more')))).toBe(`<script src="${AT_CDN}">more`);
  });

  it('with a tag that is too large stays as it is from there on', () => {
    const rewriter = new PageRewriter({ cdnUrl: CDN, kinds: new Set(ALL), toCdn }, '/', []);
    const huge = Buffer.from(`<div ${'a'.repeat(70_000)}`);
    expect(rewriter.write(huge).equals(huge)).toBe(true);
    expect(String(rewriter.write(Buffer.from(`><script src="${A}">`)))).toBe(`><script src="${A}">`);
  });

  it.each([
    ['text', (text: string) => text],
    ['attributes', (text: string) => `<script ${text}`],
    ['a value', (text: string) => `<script src="${text}`],
    ['a set of images', (text: string) => `<img srcset="${text}">`],
    ['a script', (text: string) => `<script>${text}`],
    ['a comment', (text: string) => `<!--${text}`],
    ['a policy', (text: string) => `<meta http-equiv=content-security-policy content="${text}">`],
    ['tags', (text: string) => `<${text.replaceAll(' ', '><a ')}`],
  ])('of %s is rewritten in linear time', (_, page) =>
    expect(superLinearInput((text) => rewritten(page(text), { pieces: 1000 }))).toBeUndefined(),
  );
});
