import { expect, it } from 'vitest';
import { zipOf } from '../testing/zip-of.js';
import { kindOf } from './kind-of.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const MAIL = 'From: a@example.org\r\nSubject: Fog\r\n\r\nThe siren is loud.';

it.each([
  ['a PDF that is called a text', 'notes.txt', 'text/plain', '%PDF-1.7\n', 'pdf'],
  ['a PDF behind a line of a printer', 'a', '', '\u001B%-12345X\n%PDF-1.4\n', 'pdf'],
  ['a Word file that is called a PDF', 'a.pdf', 'application/pdf', zipOf({ 'word/document.xml': '' }), 'docx'],
  ['a sheet without a name', '', '', zipOf({ 'xl/workbook.xml': '' }), 'xlsx'],
  ['a Word file whose first entry has any name', 'a.docx', '', zipOf({ 'a.bin': '' }), 'docx'],
  ['a zip that is called a PDF', 'a.pdf', 'application/pdf', zipOf({ 'a.txt': '' }), 'unknown'],
  ['a program that is called a Word file', 'a.docx', '', latin1('MZ\u0090\u0000'), 'unknown'],
  ['a picture that is called HTML', 'a.html', 'text/html', latin1('\u0089PNG\r\n'), 'unknown'],
  ['a page that is called a text', 'a.txt', 'text/plain', '<!doctype html><p>x', 'html'],
  ['a mail without an extension', 'mail', '', MAIL, 'email'],
  ['a page in UTF-16', 'a', '', Buffer.from('\uFEFF<html><p>x', 'utf16le'), 'html'],
  ['text that is called a PDF', 'a.pdf', 'application/pdf', 'Only words.', 'text'],
  ['Markdown by its name', 'README.md', '', '# Words', 'markdown'],
  ['a table by its media type', 'export', 'text/csv; charset=utf-8', 'a;b', 'csv'],
  ['one field of a mail in a text', 'a.txt', '', 'Date: today\n\nWords.', 'text'],
])('finds the kind of %s', (_, name, mediaType, content, kind) => {
  expect(kindOf(Buffer.from(content), name, mediaType)).toBe(kind);
});
