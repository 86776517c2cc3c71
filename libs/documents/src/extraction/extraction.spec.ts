import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { zipOf } from '../testing/zip-of.js';
import type { Block } from './block.js';
import { extractInThread, type ExtractionOptions } from './extraction.js';
import { kindOf, KIND_HEAD_BYTES } from './kind-of.js';

const OPTIONS: ExtractionOptions = {
  timeoutMs: 60_000,
  maxBytes: 128 * 1024 ** 2,
  maxChars: 2_000_000,
  maxUnpackedBytes: 20_000_000,
};
const folder = mkdtempSync(join(tmpdir(), 'extraction-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string): Buffer => readFileSync(new URL(`../testing/files/${name}`, import.meta.url));

async function extracted(
  name: string,
  content: Buffer | string = fileOf(name),
  {
    skipParts = 0,
    signal = new AbortController().signal,
    ...options
  }: Partial<ExtractionOptions> & { skipParts?: number; signal?: AbortSignal } = {},
): Promise<Block[]> {
  const bytes = Buffer.from(content);
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r');
  try {
    const blocks: Block[] = [];
    const kind = kindOf(bytes.subarray(0, KIND_HEAD_BYTES), name);
    for await (const part of extractInThread({ fd, kind, skipParts }, { ...OPTIONS, ...options }, signal))
      blocks.push(...part.blocks);
    return blocks;
  } finally {
    closeSync(fd);
  }
}

const SIREN = 'In fog the siren sounds three blasts every ninety seconds.';

describe('files that programs wrote', () => {
  it.each([
    ['handbook.pdf', { type: 'text', page: 2, text: expect.stringContaining('three blasts every ninety seconds') }],
    ['duties.docx', { type: 'text', text: SIREN }],
    ['duties.docx', { type: 'heading', text: 'Fog signal' }],
    ['duties.docx', { type: 'row', text: 'Wicks | 12', header: 'Item | Quantity' }],
    ['briefing.pptx', { type: 'text', page: 2, text: 'Three blasts every ninety seconds.' }],
    ['briefing.pptx', { type: 'heading', page: 2, text: 'Fog signal' }],
    ['stores.xlsx', { type: 'row', page: 1, text: 'Paraffin | 40 | 1.5', header: 'Item | Quantity | Price' }],
    ['stores.xlsx', { type: 'row', page: 2, text: 'Ada Moor | Fog signal', header: 'Name | Duty' }],
    ['signal.odt', { type: 'text', text: SIREN }],
    ['signal.odt', { type: 'row', text: 'Wicks | 12', header: 'Item | Quantity' }],
    ['mail.eml', { type: 'heading', text: 'Fog signal – new rule' }],
    ['mail.eml', { type: 'text', text: 'The siren sounds three blasts, says Herr Müller.' }],
    ['stores.csv', { type: 'row', text: 'Paraffin; best | 40', header: 'Item | Quantity' }],
    ['latin1.txt', { type: 'text', text: expect.stringContaining('Der Wächter zählt die Möwen.') }],
    ['utf16.txt', { type: 'text', text: 'The siren sounds in fog.\nIt is loud.' }],
  ])('%s gives %j', async (name, block) => {
    expect(await extracted(name)).toContainEqual(block);
  });
});

const document = (xml: string): Buffer =>
  zipOf({ 'word/document.xml': `<w:document><w:body>${xml}</w:body></w:document>` });
const paragraph = (text: string): string => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;
const sheet = (rows: string): Buffer =>
  zipOf({
    'xl/workbook.xml': '<workbook><sheets><sheet name="S"/></sheets></workbook>',
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
  });

const KEY_HASH = 'ab'.repeat(32);
const PDF_WITH_PASSWORD =
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
  '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n' +
  `4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<${KEY_HASH}>/U<${KEY_HASH}>>>endobj\n` +
  'trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<aa><aa>]>>';

describe('bad input', () => {
  it.each([
    ['an empty PDF', 'a.pdf', '%PDF-1.7\n', 'document_damaged'],
    ['a truncated PDF', 'a.pdf', fileOf('handbook.pdf').subarray(0, 900), 'document_damaged'],
    ['a truncated office file', 'a.docx', fileOf('duties.docx').subarray(0, 3_000), 'document_damaged'],
    ['a PDF with a password', 'a.pdf', PDF_WITH_PASSWORD, 'document_encrypted'],
    [
      'an office file with encrypted entries',
      'a.docx',
      zipOf({ 'word/document.xml': 'x' }, { isEncrypted: true }),
      'document_encrypted',
    ],
    [
      'an office file with a password',
      'a.docx',
      Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.from('EncryptedPackage', 'utf16le')]),
      'document_encrypted',
    ],
    ['a picture that says it is a PDF', 'a.pdf', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'document_unsupported'],
    ['a zip that is no document', 'a.zip', zipOf({ 'a.txt': 'x' }), 'document_unsupported'],
    ['a zip bomb', 'a.docx', document(paragraph(' '.repeat(30_000_000))), 'document_too_complex'],
    ['more text than is allowed', 'a.txt', 'wave '.repeat(500_000), 'document_too_complex'],
    ['HTML that is nested without end', 'a.html', `<html>${'<div>'.repeat(200_000)}deep`, 'document_too_complex'],
    ['XML that is nested without end', 'a.docx', document('<w:p>'.repeat(200_000)), 'document_too_complex'],
    ['a presentation without slides', 'a.pptx', zipOf({ 'ppt/presentation.xml': '<p/>' }), 'document_damaged'],
  ])('%s fails as such', async (_, name, content, code) => {
    await expect(extracted(name, content)).rejects.toMatchObject({ code });
  });

  it('expands no entities of XML, and reads no files for them', async () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>';
    const blocks = await extracted(
      'a.docx',
      zipOf({ 'word/document.xml': `${bomb}<w:document>${paragraph('&b;&f; &amp; more')}</w:document>` }),
    );
    expect(blocks).toEqual([{ type: 'text', text: '&b;&f; & more' }]);
  });

  it('reads the text beside a picture bomb in a PDF, and does not unpack the picture', async () => {
    const packed = deflateSync(deflateSync(Buffer.alloc(200_000_000)));
    const picture =
      `<</Type/XObject/Subtype/Image/Width 40000/Height 40000/BitsPerComponent 1/ColorSpace/DeviceGray` +
      `/Filter[/FlateDecode/FlateDecode]/Length ${packed.length}>>stream\n`;
    const page = 'BT /F1 10 Tf 9 9 Td (A heron stood beside it.) Tj ET 99 0 0 99 0 0 cm /I Do';
    const content = Buffer.concat([
      Buffer.from(
        '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
          '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>' +
          '/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n' +
          `4 0 obj<</Length ${page.length}>>stream\n${page}\nendstream endobj\n5 0 obj${picture}`,
      ),
      packed,
      Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>'),
    ]);
    const before = process.memoryUsage().rss;
    expect(await extracted('a.pdf', content)).toEqual([{ type: 'text', page: 1, text: 'A heron stood beside it.' }]);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });

  it('fails a PDF whose page unpacks to more than the memory of the extraction', async () => {
    const packed = deflateSync(deflateSync(Buffer.alloc(300_000_000, ' ')));
    const content = Buffer.concat([
      Buffer.from(
        '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
          '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>endobj\n' +
          `4 0 obj<</Filter[/FlateDecode/FlateDecode]/Length ${packed.length}>>stream\n`,
      ),
      packed,
      Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>'),
    ]);
    await expect(extracted('a.pdf', content)).rejects.toMatchObject({ code: 'document_too_complex' });
    expect(await extracted('a.pdf', content, { maxBytes: 1024 ** 3 })).toEqual([]);
  });

  it('reads a sheet with a million empty rows, and the stored results of formulas', async () => {
    const rows =
      '<row r="1"/>'.repeat(1_000_000) + '<row><c t="str"><f>HYPERLINK("http://x","y")</f><v>result</v></c></row>';
    expect(await extracted('a.xlsx', sheet(rows))).toContainEqual({ type: 'row', page: 1, text: 'result' });
  });

  it('joins the lines of a paragraph of HTML, except at line breaks and in preformatted text', async () => {
    const html = '<html><p>one\n   <b>two</b>\n\tthree<br>\n four</p><pre>a  b\nc</pre>';
    expect(await extracted('a.html', html)).toEqual([
      { type: 'text', text: 'one two three\nfour' },
      { type: 'text', text: 'a b\nc' },
    ]);
  });

  it('leaves out scripts and styles of HTML', async () => {
    const html = '<html><div><script>alert(1)</script>deep<style>x</style></div>';
    expect(await extracted('a.html', html)).toEqual([{ type: 'text', text: 'deep' }]);
  });

  it('leaves out deleted text and macros of a Word file', async () => {
    const content = zipOf({
      'word/document.xml':
        `<w:document>${paragraph('kept')}<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>` +
        '</w:document>',
      'word/vbaProject.bin': 'Shell "rm"',
    });
    expect(await extracted('a.docm', content)).toEqual([{ type: 'text', text: 'kept' }]);
  });

  it('goes on behind the parts that are stored', async () => {
    const text = Array.from({ length: 8_000 }, (_, n) => `Line ${n} of a long text.`).join('\n\n');
    const all = await extracted('a.txt', text);
    const rest = await extracted('a.txt', text, { skipParts: 1 });
    expect(rest.length).toBeLessThan(all.length);
    expect(all.slice(-rest.length)).toEqual(rest);
  });

  it('ends a file whose text does not come in time', async () => {
    await expect(extracted('handbook.pdf', undefined, { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'document_timeout',
    });
  });

  it('fails a file that needs more heap than an extraction may have', async () => {
    const long = sheet(`<row><c t="str"><v>${'wave '.repeat(3_900_000)}</v></c></row>`);
    const read = (mib: number) => extracted('a.xlsx', long, { maxBytes: mib * 1024 ** 2, maxChars: 50_000_000 });
    await expect(read(16)).rejects.toMatchObject({ code: 'document_too_complex' });
    expect(await read(256)).not.toEqual([]);
  });

  it('stops when its signal aborts', async () => {
    await expect(extracted('handbook.pdf', undefined, { signal: AbortSignal.abort('gone') })).rejects.toBe('gone');
  });
});
