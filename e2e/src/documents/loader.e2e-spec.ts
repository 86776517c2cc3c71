import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOf } from '../hash-of.js';
import { untilReady, type System } from '../system.js';
import { SYSTEMS } from './systems.js';

const fileOf = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../../libs/documents/src/testing/files/${name}`, import.meta.url));

interface Page {
  page_content: string;
  metadata: { source?: string; page?: number };
}

describe.each(SYSTEMS)("Open WebUI's document loader with %s", (_, start) => {
  let folder: string;
  let system: System;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loader-'));
    const config = join(folder, 'slipstream.yaml');
    const keys = [
      { id: 'webui', role: 'service', hash: hashOf('slip_webui') },
      { id: 'ops', role: 'admin', hash: hashOf('slip_ops') },
    ];
    await writeFile(config, JSON.stringify({ keys }));
    system = await start({ SLIPSTREAM_CONFIG: config });
    await untilReady(system);
  });
  afterAll(async () => {
    await system.stop();
    await rm(folder, { recursive: true });
  });

  /** As Open WebUI 0.12 sends it. */
  const send = (name: string, body: Buffer | string, { key = 'slip_webui', type = 'application/octet-stream' } = {}) =>
    fetch(`${system.gateways[0]!.url}/slipstream/v1/loader/process`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': type,
        'x-filename': encodeURIComponent(name),
        'x-openwebui-user-id': '2b1c',
      },
      body,
    });
  const pagesOf = async (name: string, body: Buffer | string, type?: string): Promise<Page[]> => {
    const response = await send(name, body, type === undefined ? {} : { type });
    expect(response.status).toBe(200);
    return (await response.json()) as Page[];
  };

  it('returns the text of a PDF page by page, and the same for the same file again', async () => {
    const handbook = await fileOf('handbook.pdf');
    const pages = await pagesOf('håndbok 1.pdf', handbook, 'application/pdf');
    expect(pages.map(({ metadata }) => metadata)).toEqual([0, 1, 2].map((page) => ({ source: 'håndbok 1.pdf', page })));
    expect(pages[1]!.page_content).toContain('three blasts every ninety seconds');
    expect(await pagesOf('håndbok 1.pdf', handbook)).toEqual(pages);
  });

  it.each([
    ['duties.docx', 'Keeper'],
    ['stores.csv', 'Paraffin; best | 40'],
    ['signal.odt', 'siren'],
  ])('returns the text of %s', async (name, words) => {
    const text = (await pagesOf(name, await fileOf(name))).map(({ page_content }) => page_content).join('\n');
    expect(text).toContain(words);
  });

  it('takes JSON as text', async () => {
    expect(await pagesOf('a.json', '{"siren": "three blasts"}', 'application/json')).toEqual([
      { page_content: '{"siren": "three blasts"}', metadata: { source: 'a.json' } },
    ]);
  });

  it.each([
    ['no text', 'blank.txt', ' \n ', 422, 'document_no_text'],
    ['a truncated PDF', 'a.pdf', '%PDF-1.7\n', 422, 'document_damaged'],
    ['a picture', 'a.png', Buffer.from('89504e470d0a1a0a0000', 'hex'), 422, 'document_unsupported'],
    ['nothing', 'a.txt', '', 400, 'document_empty'],
  ])('says why a file with %s has none', async (_name, name, body, status, code) => {
    const response = await send(name, body);
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ code })]);
  });

  it('refuses an unknown key', async () => {
    expect((await send('a.txt', 'x', { key: 'slip_other' })).status).toBe(401);
  });

  it('shows its files to no user, not even to an admin', async () => {
    await pagesOf('tide.txt', 'The tide turns.');
    const response = await fetch(`${system.gateways[0]!.url}/slipstream/v1/documents`, {
      headers: { authorization: 'Bearer slip_ops' },
    });
    expect(await response.json()).toEqual({ items: [] });
  });
});
