import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startService, type ServiceProcess } from '@slipstream/e2e/process';
import { storesEnv, untilReady } from '@slipstream/e2e/system';
import { DocumentClient } from '@slipstream/e2e/documents';

const SOON = { timeout: 60_000, interval: 200 };
const DISK_BYTES = 24 * 1024 ** 2;

describe.each([
  ['temporary files', (folder: string) => ({ TMPDIR: folder }), 'ENOSPC'],
  ['vectors', (folder: string) => ({ DOCUMENTS_VECTORS_URL: join(folder, 'vectors') }), 'No space left on device'],
])('a full disk of %s', (_, env, reason) => {
  let folder: string;
  let service: ServiceProcess;
  let ada: DocumentClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'full-disk-'));
    const { MONGODB_URI, DOCUMENTS_VECTORS_URL } = storesEnv();
    const stores = { MONGODB_URI, DOCUMENTS_VECTORS_URL, ...env(folder) };
    service = await startService('standalone', stores, { disk: { folder, bytes: DISK_BYTES } });
    await untilReady({ all: [service], gateways: [service], stop: async () => undefined });
    ada = await DocumentClient.newUser(service.url);
  });
  afterAll(async () => {
    await service.stop();
    await rm(folder, { recursive: true });
  });

  /** The disk as the process sees it. */
  const inside = (name: string): string => `/proc/${service.child.pid}/root${folder}/${name}`;

  async function fill(): Promise<void> {
    const file = await open(inside('filler'), 'w');
    const piece = Buffer.alloc(64 * 1024);
    try {
      for (;;) await file.write(piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  }

  it('lets documents wait without an attempt, and they are ingested when there is room', async () => {
    expect((await ada.ingest('before.txt', 'The gulls came first.')).end.type).toBe('document-ready');
    await fill();
    const late = await ada.upload('late.txt', 'A pilot cutter came about. '.repeat(20_000));
    const retries = () =>
      service.logs.filter(({ msg, jobId }) => jobId === late.documentId && /will be retried/.test(String(msg)));
    await vi.waitFor(() => expect(retries().length).toBeGreaterThan(1), SOON);
    expect(JSON.stringify(retries()[0])).toContain(reason);
    expect((await ada.as.call('GET', `/jobs/${late.jobId}`)).json).toMatchObject({ state: 'running' });
    expect(retries().map(({ attempt }) => attempt)).toEqual(retries().map(() => 1));
    await rm(inside('filler'));
    expect((await ada.as.eventsToEnd(late.eventsUrl)).at(-1)).toMatchObject({ type: 'document-ready' });
    expect((await ada.search('pilot cutter'))[0]).toMatchObject({ name: 'late.txt' });
    expect((await ada.search('gulls'))[0]).toMatchObject({ name: 'before.txt' });
  }, 120_000);
});
