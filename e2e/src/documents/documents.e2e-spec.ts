import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilReady, type System } from '../system.js';
import { DocumentClient } from './document-client.js';
import { SYSTEMS } from './systems.js';

/** Printed by Chromium: three pages, one subject each. */
const HANDBOOK = readFileSync(new URL('../../../libs/documents/src/testing/files/handbook.pdf', import.meta.url));
const SIREN = 'How often does the siren sound in fog?';

describe.each(SYSTEMS)('documents with %s', (_, start) => {
  let system: System;
  let url: string;
  let ada: DocumentClient;

  beforeAll(async () => {
    system = await start();
    url = system.gateways[0]!.url;
    await untilReady(system);
    ada = await DocumentClient.newUser(url);
  });
  afterAll(() => system.stop());

  it('ingests a PDF with progress, and finds a sentence of its middle with the page', async () => {
    const { documentId, eventsUrl, jobId } = await ada.upload('../x/handbook.pdf', HANDBOOK);
    const events = await ada.as.eventsToEnd(eventsUrl);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'progress', data: expect.objectContaining({ pages: { done: 3, total: 3 } }) }),
    );
    expect(events.at(-1)).toMatchObject({
      type: 'document-ready',
      data: {
        document: {
          id: documentId,
          name: 'handbook.pdf',
          kind: 'pdf',
          state: 'ready',
          embedder: expect.stringContaining('hashed'),
        },
      },
    });
    const [first] = await ada.search(SIREN);
    expect(first).toMatchObject({ documentId, name: 'handbook.pdf', page: 2 });
    expect(first!.text).toContain('three blasts every ninety seconds');
    expect((await ada.as.call('GET', `/documents/${documentId}`)).json).toMatchObject({ state: 'ready', jobId });
    expect((await ada.as.call('GET', `/jobs/${jobId}`)).json).toMatchObject({
      id: jobId,
      kind: 'document',
      documentId,
      state: 'succeeded',
      eventsUrl,
    });
    expect((await ada.as.eventsToEnd(`/slipstream/v1/jobs/${jobId}/events`)).at(-1)).toMatchObject({
      type: 'document-ready',
    });
    expect((await ada.as.call('GET', '/documents')).json).toMatchObject({ items: [{ id: documentId }] });
    const last = events.at(-1)!.id;
    const again = await fetch(`${url}${eventsUrl}`, {
      headers: { 'x-slipstream-user': ada.userId, 'last-event-id': last },
    });
    expect(again.status).toBe(204);
  });

  it('shows another user nothing of it', async () => {
    const { documentId, eventsUrl } = await ada.ingest('handbook.pdf', HANDBOOK);
    const eve = await DocumentClient.newUser(url);
    expect(await eve.search(SIREN)).toEqual([]);
    expect(await eve.search(SIREN, { documentIds: [documentId] })).toEqual([]);
    for (const path of [`/documents/${documentId}`, eventsUrl])
      expect((await eve.as.call('GET', path)).json).toMatchObject({ code: 'document_not_found' });
    for (const path of [`/jobs/${documentId}`, `/jobs/${documentId}/events`])
      expect((await eve.as.call('GET', path)).json).toMatchObject({ code: 'job_not_found' });
    expect((await eve.as.call('DELETE', `/documents/${documentId}`)).status).toBe(404);
    expect((await eve.as.call('GET', '/documents')).json).toEqual({ items: [] });
    const asEve = await ada.as.call('POST', '/documents/search', { query: SIREN, userId: eve.userId });
    expect(asEve.status).toBe(400);
  });

  it('stores the same content of a user once, by multipart too', async () => {
    const first = await ada.ingest('handbook.pdf', HANDBOOK);
    const form = new FormData();
    form.append('note', 'a field before the file');
    form.append('file', new Blob([HANDBOOK], { type: 'application/pdf' }), 'copy.pdf');
    expect((await ada.send('', form)).json).toEqual(
      expect.objectContaining({ documentId: first.documentId, eventsUrl: first.eventsUrl }),
    );
    const eve = await DocumentClient.newUser(url);
    expect((await eve.ingest('handbook.pdf', HANDBOOK)).documentId).not.toBe(first.documentId);
    expect(await ada.search(SIREN, { k: 50 })).toHaveLength(
      new Set((await ada.search(SIREN, { k: 50 })).map(({ text }) => text)).size,
    );
  });

  it('stores the same content once when it comes five times at the same time', async () => {
    const user = await DocumentClient.newUser(url);
    const send = () => user.send('?name=a.txt', 'The avocet sweeps its bill.', { 'content-type': 'text/plain' });
    const answers = await Promise.all(Array.from({ length: 5 }, send));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 202));
    expect(new Set(answers.map(({ json }) => json.documentId)).size).toBe(1);
    await user.as.eventsToEnd(answers[0]!.json.eventsUrl);
    expect(await user.search('avocet')).toHaveLength(1);
    expect((await user.as.call<{ items: unknown[] }>('GET', '/documents')).json.items).toHaveLength(1);
  });

  it('finds nothing of a document that was deleted, and takes its content anew', async () => {
    const user = await DocumentClient.newUser(url);
    const { documentId } = await user.ingest('notes.md', '# Tides\n\nSpring tides follow the new moon.');
    expect(await user.search('spring tides')).toMatchObject([{ documentId, heading: 'Tides' }]);
    expect((await user.as.call('DELETE', `/documents/${documentId}`)).status).toBe(204);
    expect(await user.search('spring tides')).toEqual([]);
    expect((await user.as.call('GET', `/documents/${documentId}`)).status).toBe(404);
    const again = await user.ingest('notes.md', '# Tides\n\nSpring tides follow the new moon.');
    expect(again.documentId).not.toBe(documentId);
    expect(await user.search('spring tides')).toMatchObject([{ documentId: again.documentId }]);
  });

  it('removes the documents of a user with the user', async () => {
    const user = await DocumentClient.newUser(url);
    const { documentId } = await user.ingest('a.txt', 'The cormorant dries its wings.');
    expect((await user.as.call('GET', `/documents/${documentId}`)).status).toBe(200);
    expect((await user.as.call('GET', '/documents')).json).toMatchObject({ items: [{ id: documentId }] });
    expect((await user.as.call('DELETE', `/users/${user.userId}`)).status).toBe(204);
    for (const caller of [user, ada])
      expect((await caller.as.call('GET', `/documents/${documentId}`)).status).toBe(404);
    expect((await user.as.call('GET', '/documents')).json).toEqual({ items: [] });
    expect(await user.search('cormorant')).toEqual([]);
  });

  it('does once what comes twice with one key, and refuses another file under it', async () => {
    const user = await DocumentClient.newUser(url);
    const key = { 'idempotency-key': 'k1', 'content-type': 'text/plain' };
    const first = await user.send('?name=a.txt', 'One file.', key);
    expect((await user.send('?name=a.txt', 'One file.', key)).json.documentId).toBe(first.json.documentId);
    expect(await user.send('?name=a.txt', 'Another file.', key)).toMatchObject({
      status: 422,
      json: { code: 'idempotency_key_reused' },
    });
  });

  it.each([
    ['an empty file', '', 'text/plain', 400, 'document_empty'],
    ['JSON', '{}', 'application/json', 415, 'unsupported_media_type'],
    ['multipart without a file', '--x\r\n\r\n--x--', 'multipart/form-data; boundary=x', 400, 'bad_request'],
    ['multipart without a boundary', 'x', 'multipart/form-data', 400, 'bad_request'],
  ])('refuses %s', async (_name, body, type, status, code) => {
    expect(await ada.send('', body, { 'content-type': type })).toMatchObject({ status, json: { code } });
  });

  it.each([
    [
      'a scan without text',
      Buffer.from(
        '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
          '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>',
      ),
      'document_no_text',
    ],
    ['a truncated PDF', HANDBOOK.subarray(0, 900), 'document_damaged'],
    ['a picture under a wrong name', Buffer.from('\u0089PNG\r\n\u001a\n....', 'latin1'), 'document_unsupported'],
    ['only spaces', Buffer.from(' \n \n'), 'document_no_text'],
  ])('says why %s gives no passages', async (_name, content, code) => {
    const { end, documentId } = await ada.ingest('scan.pdf', content);
    expect(end).toMatchObject({ type: 'failed', data: { code } });
    expect((await ada.as.call('GET', `/documents/${documentId}`)).json).toMatchObject({
      state: 'failed',
      error: { code },
    });
  });
});
