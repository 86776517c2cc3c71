import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pdfOf } from '@slipstream/documents/testing';
import { hashOf } from '../hash-of.js';
import { startStandalone, untilReady, type System } from '../system.js';
import { DocumentClient } from './document-client.js';

const SCAN = pdfOf(['', '', '']);
const KEY = 'slip_extractor';
const fileOf = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../../libs/documents/src/testing/files/${name}`, import.meta.url));

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'external-'))));
afterAll(() => rm(folder, { recursive: true }));

async function startWith(name: string, settings: object): Promise<System> {
  const config = join(folder, `${name}.yaml`);
  await writeFile(config, JSON.stringify(settings));
  const system = await startStandalone({ SLIPSTREAM_CONFIG: config });
  await untilReady(system);
  return system;
}

describe('another Slipstream as the external extractor', () => {
  let peer: System;
  let system: System;
  let ada: DocumentClient;

  beforeAll(async () => {
    const keys = [{ id: 'peer', role: 'service', hash: hashOf(KEY) }];
    peer = await startWith('peer', { keys });
    await writeFile(join(folder, 'key'), `${KEY}\n`);
    const url = `${peer.gateways[0]!.url}/slipstream/v1/loader`;
    const external = { url, apiKeyFile: join(folder, 'key'), kinds: ['docx', 'unknown'] };
    system = await startWith('own', { documents: { extractors: { external } } });
    ada = await DocumentClient.newUser(system.gateways[0]!.url);
  });
  afterAll(async () => {
    await system.stop();
    await peer.stop();
  });

  it('gives the text of a kind that is sent at once, with its headings', async () => {
    expect((await ada.ingest('duties.docx', await fileOf('duties.docx'))).end.type).toBe('document-ready');
    const [found] = await ada.search('How many blasts in fog?');
    expect(found).toMatchObject({ name: 'duties.docx', heading: expect.stringContaining('Fog signal') });
  });

  it.each([
    ['a scan', 'scan.pdf', SCAN, 'document_no_text'],
    ['a picture', 'a.png', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'document_unsupported'],
  ])('says why %s has no text', async (_, name, content, code) => {
    const { end } = await ada.ingest(name, content);
    expect(end).toMatchObject({
      type: 'failed',
      data: { code, detail: expect.stringMatching(/^External extractor: \w+/) },
    });
  });

  it('does not get files that have text here', async () => {
    expect((await ada.ingest('handbook.pdf', await fileOf('handbook.pdf'))).end.type).toBe('document-ready');
  });
});

describe('a server that recognises characters', () => {
  let server: Server;
  let system: System;
  let ada: DocumentClient;
  /** Answers in turn; the last one stays. */
  let answers: { status: number; body: unknown; retryAfter?: string }[];
  let calls = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        calls += 1;
        const { status, body, retryAfter } = answers.length > 1 ? answers.shift()! : answers[0]!;
        response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
        response.end(JSON.stringify(body));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const external = { url: `http://127.0.0.1:${port}` };
    system = await startWith('ocr', { documents: { maxAttempts: 3, sweepIntervalMs: 200, extractors: { external } } });
    ada = await DocumentClient.newUser(system.gateways[0]!.url);
  });
  afterAll(async () => {
    await system.stop();
    server.close();
    server.closeAllConnections();
  });

  it('gives a scan its pages, after it was busy and failed once', async () => {
    answers = [
      { status: 503, body: {}, retryAfter: '1' },
      { status: 500, body: {} },
      {
        status: 200,
        body: ['Of gulls.', 'The bell buoy was painted green.', 'The end.'].map((text, page) => ({
          page_content: text,
          metadata: { page },
        })),
      },
    ];
    const { end, documentId } = await ada.ingest('scan.pdf', SCAN);
    expect(end).toMatchObject({ type: 'document-ready', data: { document: { pages: { done: 3, total: 3 } } } });
    expect(calls).toBe(3);
    const [found] = await ada.search('painted green', { documentIds: [documentId] });
    expect(found).toMatchObject({ name: 'scan.pdf', text: expect.stringContaining('bell buoy') });
    const eve = await DocumentClient.newUser(ada.url);
    expect(await eve.search('painted green')).toEqual([]);
  });

  it('fails the file after the last attempt, with what it answered', async () => {
    answers = [{ status: 500, body: {} }];
    const { end } = await ada.ingest('other.pdf', pdfOf(['', '']));
    expect(end).toMatchObject({
      type: 'failed',
      data: { code: 'document_extractor_failed', detail: 'The external extractor answered 500.' },
    });
    answers = [{ status: 200, body: { page_content: 'A pilot cutter.' } }];
    expect((await ada.ingest('other.pdf', pdfOf(['', '']))).end.type).toBe('document-ready');
  });
});
