import { mkdtemp, open, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closeServers, json } from '../../testing/extraction-server.js';
import type { Block } from '../block.js';
import type { ExternalProtocol } from './drivers.js';
import { ExternalExtractor } from './external-extractor.js';

const EXTRACTION = { timeoutMs: 60_000, maxBytes: 128 * 1024 ** 2, maxChars: 10_000, maxUnpackedBytes: 1 };

let folder: string;
let file: FileHandle;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'protocols-'));
  await writeFile(join(folder, 'scan'), '%PDF-scan');
  file = await open(join(folder, 'scan'));
});
afterEach(closeServers);
afterAll(async () => {
  await file.close();
  await rm(folder, { recursive: true });
});

/** An answer that a real server gave. */
const recorded = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../../testing/answers/${name}.json`, import.meta.url), 'utf8'));

async function blocksOf(protocol: ExternalProtocol, url: string, name = 'a.pdf'): Promise<Block[]> {
  const options = { protocol, url, kinds: [], timeoutMs: 60_000, maxAnswerBytes: 1_000_000, apiKey: 'k3y' };
  const sut = new ExternalExtractor(options);
  const blocks: Block[] = [];
  const sent = { content: file, kind: 'pdf', name } as const;
  for await (const part of sut.extract(sent, EXTRACTION, new AbortController().signal)) blocks.push(...part.blocks);
  return blocks;
}

const answeredBy = async (protocol: ExternalProtocol, answer: unknown): Promise<Block[]> =>
  blocksOf(protocol, (await json(answer)).url);

const failureOf = async (protocol: ExternalProtocol, answer: unknown): Promise<unknown> =>
  answeredBy(protocol, answer).then(
    () => expect.fail('the file was extracted'),
    (error: unknown) => error,
  );

describe('Tika', () => {
  it('gets the file with its type and name', async () => {
    const { url, received } = await json([{ 'X-TIKA:content': '<html><body><p>x</p></body></html>' }]);
    await blocksOf('tika', url, "Håndbok (1)'.pdf");
    expect(received).toMatchObject([
      {
        method: 'PUT',
        url: '/base/rmeta/xml',
        body: '%PDF-scan',
        headers: {
          accept: 'application/json',
          'content-type': 'application/pdf',
          'content-length': '9',
          'content-disposition': "attachment; filename*=UTF-8''H%C3%A5ndbok%20%281%29%27.pdf",
          authorization: 'Bearer k3y',
        },
      },
    ]);
  });

  it('gives the pages of a PDF', async () => {
    const blocks = await answeredBy('tika', await recorded('tika-3.3.1-handbook.pdf'));
    expect(blocks[0]).toEqual({ type: 'heading', text: "Keeper's handbook" });
    expect(blocks.filter(({ text }) => /paraffin|three blasts|herring/.test(text)).map(({ page }) => page)).toEqual([
      1, 2, 3,
    ]);
  });

  it('gives headings and rows, and no titles of pictures without text', async () => {
    expect(await answeredBy('tika', await recorded('tika-3.3.1-duties.docx'))).toEqual([
      { type: 'heading', text: "Keeper's duties" },
      { type: 'text', text: 'The lamp is lit at sunset.' },
      { type: 'heading', text: 'Fog signal' },
      { type: 'text', text: 'In fog the siren sounds three blasts every ninety seconds.' },
      { type: 'row', text: 'Item | Quantity' },
      { type: 'row', text: 'Paraffin | 40 litres' },
      { type: 'row', text: 'Wicks | 12' },
    ]);
  });

  it('gives what it read of a mail, though it failed for an attachment', async () => {
    expect(await answeredBy('tika', await recorded('tika-3.3.1-mail.eml'))).toEqual([
      { type: 'heading', text: 'Fog signal – new rule' },
      { type: 'text', text: 'The siren sounds three blasts, says Herr Müller.' },
    ]);
  });

  it('may be of version 4, and gives attachments without pages', async () => {
    const answer = [
      { 'tk:content': '<html><head><title /></head><body><div class="page"><p>One &amp; all.</p></div></body></html>' },
      { 'tk:content': '<html><body><div class="page"><p>Inner.</p></div></body></html>' },
    ];
    expect(await answeredBy('tika', answer)).toEqual([
      { type: 'text', text: 'One & all.', page: 1 },
      { type: 'text', text: 'Inner.' },
    ]);
  });

  it.each([
    [
      'X-TIKA:EXCEPTION:container_exception',
      'org.apache.tika.exception.EncryptedDocumentException',
      'document_encrypted',
    ],
    ['tk:exception:container-exception', 'org.apache.tika.exception.EncryptedDocumentException', 'document_encrypted'],
    ['X-TIKA:EXCEPTION:container_exception', 'java.io.IOException: /srv/x', 'document_damaged'],
  ])('says in %s that %s ended it: %s', async (field, exception, code) => {
    const error = await failureOf('tika', [{ [field]: `${exception}\n\tat Parser.java:1` }]);
    expect(error).toMatchObject({ code, message: expect.not.stringContaining('/srv') });
  });

  it.each([[[]], [{}], [null], ['x']])('fails the attempt with %j', async (answer) => {
    expect(await failureOf('tika', answer)).toMatchObject({ code: 'document_extractor_failed', isRetryable: true });
  });

  it('may not give more text than a document may have', async () => {
    const answer = [{ 'X-TIKA:content': `<html><body>${'<p>many words</p>'.repeat(2_000)}</body></html>` }];
    expect(await failureOf('tika', answer)).toMatchObject({ code: 'document_too_complex' });
  });
});

const converted = (md: string, items: object = {}, status = 'success'): object => ({
  document: { filename: 'a.pdf', md_content: md, json_content: items },
  status,
  errors: [],
  processing_time: 0.1,
});
const onPage = (page: number, layer = 'body'): object => ({ content_layer: layer, prov: [{ page_no: page }] });

describe('docling-serve', () => {
  it('gets the file in a form', async () => {
    const { url, received } = await json(converted('x'));
    await blocksOf('docling', url, 'a "b"\r\n.pdf');
    const [{ method, headers, body, url: path }] = received as [(typeof received)[0]];
    expect({ method, path, key: headers['x-api-key'] }).toEqual({
      method: 'POST',
      path: '/base/v1/convert/file',
      key: 'k3y',
    });
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
    const form = await new Response(body, { headers: { 'content-type': headers['content-type']! } }).formData();
    expect(form.getAll('to_formats')).toEqual(['md', 'json']);
    expect(form.get('image_export_mode')).toBe('placeholder');
    expect(form.get('md_page_break_placeholder')).toBe('\f');
    const sent = form.get('files') as File;
    expect([sent.name, sent.type, await sent.text()]).toEqual(['a "b"\r\n.pdf', 'application/pdf', '%PDF-scan']);
  });

  it('gives pages by the numbers of its JSON, for a blank page leaves no break', async () => {
    const items = { texts: [onPage(1), onPage(1), onPage(9, 'furniture')], tables: [onPage(3)] };
    expect(await answeredBy('docling', converted('# Fog\n\nBlasts.\n\f\nStores.', items))).toEqual([
      { type: 'heading', text: 'Fog', page: 1 },
      { type: 'text', text: 'Blasts.', page: 1 },
      { type: 'text', text: 'Stores.', page: 3 },
    ]);
  });

  it.each([
    ['pages in turn if its JSON names others', converted('A.\fB.', { texts: [onPage(1)] }), [1, 2]],
    ['no page of a file without pages', converted('A.'), [undefined]],
    ['the part that it converted', converted('A.', {}, 'partial_success'), [undefined]],
    ['nothing from odd JSON', converted('A.', { texts: [null, 1, { prov: 'x', content_layer: 'body' }] }), [undefined]],
  ])('gives %s', async (_, answer, pages) => {
    expect((await answeredBy('docling', answer)).map(({ page }) => page)).toEqual(pages);
  });

  it.each([
    ['skipped', 'document_unsupported', false],
    ['failure', 'document_extractor_failed', true],
  ])('says by status %s within 200 that the file is not converted', async (status, code, isRetryable) => {
    const answer = { ...converted('', {}, status), errors: [{ error_message: 'secret path' }] };
    const error = await failureOf('docling', answer);
    expect(error).toMatchObject({ code, isRetryable, message: expect.not.stringContaining('secret') });
  });

  it.each([[{}], [[]], [null], [{ document: {} }], [{ document: { md_content: null } }]])(
    'fails the attempt with %j',
    async (answer) => {
      expect(await failureOf('docling', answer)).toMatchObject({
        code: 'document_extractor_failed',
        isRetryable: true,
      });
    },
  );
});
