import { open, readdir, rm, writeFile, mkdtemp, type FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closeServers, json, serverThat } from '../../testing/extraction-server.js';
import type { Block } from '../block.js';
import { ExternalExtractor, type ExternalExtractorOptions } from './external-extractor.js';

const EXTRACTION = { timeoutMs: 60_000, maxBytes: 128 * 1024 ** 2, maxChars: 100_000, maxUnpackedBytes: 1 };
const MANY_BYTES = 3 * 1024 * 1024;

let folder: string;
let file: FileHandle;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'external-'));
  await writeFile(join(folder, 'scan'), '%PDF-scan');
  file = await open(join(folder, 'scan'));
});
afterEach(closeServers);
afterAll(async () => {
  await file.close();
  await rm(folder, { recursive: true });
});

async function blocksOf(
  url: string,
  options: Partial<ExternalExtractorOptions> = {},
  signal = new AbortController().signal,
): Promise<Block[]> {
  const sut = new ExternalExtractor({
    protocol: 'open-webui',
    url,
    kinds: [],
    timeoutMs: 60_000,
    maxAnswerBytes: 2 * MANY_BYTES,
    ...options,
  });
  const blocks: Block[] = [];
  const sent = { content: file, kind: 'pdf', name: 'håndbok 1.pdf' } as const;
  for await (const part of sut.extract(sent, EXTRACTION, signal)) blocks.push(...part.blocks);
  return blocks;
}

const failureOf = async (...call: Parameters<typeof blocksOf>): Promise<unknown> =>
  blocksOf(...call).then(
    () => expect.fail('the file was extracted'),
    (error: unknown) => error,
  );

/** Temporary files that this process still has open. */
const openFiles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;

describe('an external extractor', () => {
  it('gets the file as Open WebUI sends it, and its pages are read with their headings', async () => {
    const { url, received } = await json([
      { page_content: '# Fog signal\n\nThree blasts.', metadata: { page: 0 } },
      { page_content: 'Ninety seconds.', metadata: { page: 1 } },
    ]);
    expect(await blocksOf(url, { apiKey: 'k3y' })).toEqual([
      { type: 'heading', text: 'Fog signal', page: 1 },
      { type: 'text', text: 'Three blasts.', page: 1 },
      { type: 'text', text: 'Ninety seconds.', page: 2 },
    ]);
    expect(received).toMatchObject([
      {
        method: 'PUT',
        url: '/base/process',
        body: '%PDF-scan',
        headers: {
          'content-type': 'application/pdf',
          'content-length': '9',
          'x-filename': 'h%C3%A5ndbok%201.pdf',
          authorization: 'Bearer k3y',
        },
      },
    ]);
  });

  it.each([
    ['one object', { page_content: 'All of it.', metadata: {} }],
    ['no metadata', { page_content: 'All of it.' }],
    ['a page that is no number', [{ page_content: 'All of it.', metadata: { page: '1; DROP' } }]],
    ['a page below 0', [{ page_content: 'All of it.', metadata: { page: -1 } }]],
  ])('may answer %s', async (_, answer) => {
    expect(await blocksOf((await json(answer)).url)).toEqual([{ type: 'text', text: 'All of it.' }]);
  });

  it('gets no key if none is configured', async () => {
    const { url, received } = await json({ page_content: 'x' });
    await blocksOf(url);
    expect(received[0]!.headers).not.toHaveProperty('authorization');
  });

  it.each([
    [401, false],
    [403, false],
    [404, false],
    [422, false],
    [500, true],
    [502, true],
  ])('fails the file with %i; retried: %s', async (status, isRetryable) => {
    expect(await failureOf((await json({ detail: 'secret path' }, status)).url)).toMatchObject({
      code: 'document_extractor_failed',
      message: expect.stringContaining(`The external extractor answered ${status}`),
      isRetryable,
    });
  });

  it.each([429, 503])('is busy with %i, and names the pause', async (status) => {
    const { url } = await json({}, status, { 'retry-after': '7' });
    expect(await failureOf(url)).toMatchObject({ code: 'document_extractor_unavailable', retryAfterSeconds: 7 });
  });

  it('keeps the reason of a problem document that has one of our codes', async () => {
    const { url } = await json({ code: 'document_encrypted', detail: 'It has a password.' }, 422);
    expect(await failureOf(url)).toMatchObject({
      code: 'document_encrypted',
      message: 'External extractor: It has a password.',
    });
  });

  it('is not followed to another server', async () => {
    const inside = await json({ page_content: 'metadata of the cloud' });
    const { url } = await serverThat((response) => response.writeHead(307, { location: inside.url }).end());
    expect(await failureOf(url)).toMatchObject({ code: 'document_extractor_failed', isRetryable: false });
    expect(inside.received).toEqual([]);
  });

  it.each([
    ['text', '<html>', 'document_extractor_failed'],
    ['a part of its answer', '[{"page_content": "x"', 'document_extractor_failed'],
    ['another shape', '{"text": "x"}', 'document_extractor_failed'],
    ['null', 'null', 'document_extractor_failed'],
    [
      'more text than a document may have',
      JSON.stringify({ page_content: 'x'.repeat(100_001) }),
      'document_too_complex',
    ],
  ])('fails the file with %s', async (_, answer, code) => {
    const { url } = await serverThat((response) => response.end(answer));
    expect(await failureOf(url)).toMatchObject({ code });
  });

  it('may not answer more than it is allowed to', async () => {
    const { url } = await serverThat((response) => response.end('x'.repeat(MANY_BYTES)));
    expect(await failureOf(url, { maxAnswerBytes: 1_000 })).toMatchObject({ code: 'document_too_complex' });
  });

  it.each([
    ['hangs', () => undefined],
    ['hangs within its answer', (response: ServerResponse) => void response.writeHead(200).write('[')],
  ])('that %s ends by its time limit', async (_, answer) => {
    const { url } = await serverThat(answer);
    expect(await failureOf(url, { timeoutMs: 300 })).toMatchObject({
      code: 'document_extractor_failed',
      message: expect.stringContaining('did not answer within 300 ms'),
      isRetryable: true,
    });
  });

  it('that breaks off, or is not there, is unavailable', async () => {
    const { url } = await serverThat((response) => {
      response.writeHead(200, { 'content-length': '10' }).write('[', () => response.destroy());
    });
    expect(await failureOf(url)).toMatchObject({ code: 'document_extractor_unavailable' });
    closeServers();
    expect(await failureOf(url)).toMatchObject({ code: 'document_extractor_unavailable' });
  });

  it('is left when the lease is lost, and leaves no open file', async () => {
    const before = await openFiles();
    const lease = new AbortController();
    const { url } = await serverThat(() => lease.abort(new Error('lease lost')));
    expect(await failureOf(url, {}, lease.signal)).toMatchObject({ message: 'lease lost' });
    const answered = await json({ page_content: 'x' });
    for (let n = 0; n < 5; n += 1) await blocksOf(answered.url);
    closeServers();
    await expect.poll(openFiles).toBeLessThanOrEqual(before + 2);
  });
});
