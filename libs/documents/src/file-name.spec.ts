import { expect, it } from 'vitest';
import { fileName } from './file-name.js';

it.each([
  ['a plain one', 'Report 2026.pdf', 'Report 2026.pdf'],
  ['none', undefined, 'document'],
  ['folders', '../../etc/passwd', 'passwd'],
  ['folders of Windows', 'C:\\Users\\ada\\plan.docx', 'plan.docx'],
  ['only a folder', 'folder/', 'document'],
  ['the folder above', '..', 'document'],
  ['control characters', 'a\u0000b\r\nc\u001b[31m.txt', 'abc[31m.txt'],
  ['a turned direction', 'invoice\u202Efdp.exe', 'invoicefdp.exe'],
  ['half a surrogate pair', 'x\uD800.txt', 'x\uFFFD.txt'],
  ['too many characters', `${'x'.repeat(400)}.pdf`, `${'x'.repeat(251)}.pdf`],
])('names a file with %s', (_, given, expected) => {
  expect(fileName(given)).toBe(expected);
});
