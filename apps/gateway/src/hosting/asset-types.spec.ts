import { expect, it } from 'vitest';
import { assetNameOf } from './asset-types.js';

it.each([
  ['logo.png', 'logo', 'png', 'image/png'],
  ['My Logo (2).PNG', 'my-logo--2-', 'png', 'image/png'],
  ['../../etc/app.js', 'app', 'js', 'text/javascript; charset=utf-8'],
  ['..\\..\\a.svg', 'a', 'svg', 'image/svg+xml'],
  ['archive.tar.woff2', 'archive-tar', 'woff2', 'font/woff2'],
  ['.css', 'file', 'css', 'text/css; charset=utf-8'],
  [`${'x'.repeat(200)}.gif`, 'x'.repeat(64), 'gif', 'image/gif'],
  ['Ünïcode\0.txt', '-n-code-', 'txt', 'text/plain; charset=utf-8'],
])('%s becomes %s, %s, %s', (name, stem, extension, type) =>
  expect(assetNameOf(name)).toEqual({ stem, extension, type }),
);

it.each([
  'page.html',
  'page.xhtml',
  'a.xml',
  'a.swf',
  'a.exe',
  'png',
  '',
  'a.',
  'a.constructor',
  'a.png/',
  'a.__proto__',
])('%s is not hosted', (name) => expect(assetNameOf(name)).toBeUndefined());
