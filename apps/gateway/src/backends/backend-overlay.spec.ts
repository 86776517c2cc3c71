import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BackendOverride } from '@slipstream/balancer';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { BackendOverlay } from './backend-overlay.js';

const B = { url: 'http://b', isAdded: true };

function newOverlay({ copy, stored = { version: 0, overrides: [] } }: { copy?: unknown; stored?: { version: number; overrides: unknown } } = {}) {
  const database = { ...stored };
  const applied: (readonly BackendOverride[])[] = [];
  const ports = {
    pool: 'web',
    store: {
      find: vi.fn(async () => ({ ...database })),
      replace: vi.fn(async (_: string, version: number, overrides: readonly object[]) => {
        if (version !== database.version) return false;
        Object.assign(database, { version: version + 1, overrides });
        return true;
      }),
    },
    file: { read: vi.fn(async () => copy), write: vi.fn(async () => {}) },
    apply: vi.fn((overlay: readonly BackendOverride[]) => void applied.push(overlay)),
    announce: vi.fn(),
    logger: { info: vi.fn(), warn: vi.fn(), error: vi.fn() },
  };
  return { sut: new BackendOverlay(ports as never), ports, database, applied };
}

const away = () => Promise.reject(new DependencyUnavailableError('mongodb'));

describe('the overlay of a pool', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('starts with what is stored, and copies it', async () => {
    const { sut, ports, applied } = newOverlay({ stored: { version: 3, overrides: [B] } });
    await sut.start();
    expect(applied).toEqual([[B]]);
    expect(ports.file.write).toHaveBeenCalledExactlyOnceWith([B]);
    sut.close();
  });

  it('starts with the copy while MongoDB is away, and looks again every second', async () => {
    const { sut, ports, applied, database } = newOverlay({ copy: [B] });
    ports.store.find.mockImplementation(away);
    await sut.start();
    expect(applied).toEqual([[B]]);
    ports.store.find.mockImplementation(async () => ({ ...database, version: 1, overrides: [] }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(applied).toEqual([[B], []]);
    sut.close();
  });

  it.each([undefined, 'text', [{ url: 1 }], [{ url: 'http://b', surprise: 1 }], { url: 'x' }])('leaves a copy that is none (%j)', async (copy) => {
    const { sut, ports, applied } = newOverlay({ copy });
    ports.store.find.mockImplementation(away);
    await sut.start();
    expect(applied).toEqual([]);
    sut.close();
  });

  it('stores a change before it applies and announces it', async () => {
    const { sut, ports, database, applied } = newOverlay();
    await sut.start();
    ports.store.replace.mockImplementationOnce(async () => {
      expect(applied).toEqual([[]]);
      Object.assign(database, { version: 1 });
      return true;
    });
    await sut.change(() => [B]);
    expect(applied.at(-1)).toEqual([B]);
    expect(ports.announce).toHaveBeenCalledOnce();
    sut.close();
  });

  it('decides anew when somebody else was faster', async () => {
    const { sut, ports, database, applied } = newOverlay();
    await sut.start();
    ports.store.replace.mockImplementationOnce(async () => {
      Object.assign(database, { version: 1, overrides: [{ url: 'http://c', isAdded: true }] });
      return false;
    });
    await sut.change((overlay) => [...overlay, B]);
    expect(applied.at(-1)).toEqual([{ url: 'http://c', isAdded: true }, B]);
    sut.close();
  });

  it('changes nothing when MongoDB is away, or when the change is refused', async () => {
    const { sut, ports, applied } = newOverlay();
    await sut.start();
    await expect(sut.change(() => { throw new Error('no'); })).rejects.toThrow('no');
    ports.store.find.mockImplementation(away);
    await expect(sut.change(() => [B])).rejects.toMatchObject({ code: 'mongodb_unavailable' });
    expect([applied, ports.announce.mock.calls.length]).toEqual([[[]], 0]);
    sut.close();
  });

  it('leaves what is stored alone when it is no list of changes, or can not be applied', async () => {
    const { sut, ports, applied, database } = newOverlay({ stored: { version: 1, overrides: 'x' } });
    await sut.start();
    expect(applied).toEqual([]);
    Object.assign(database, { version: 2, overrides: [B] });
    ports.apply.mockImplementationOnce(() => { throw new Error('no'); });
    await sut.refresh();
    await sut.refresh();
    expect(applied).toEqual([[B]]);
    sut.close();
  });

  it('says once that the copy cannot be written', async () => {
    const { sut, ports, database } = newOverlay({ stored: { version: 1, overrides: [] } });
    ports.file.write.mockRejectedValue(new Error('EROFS'));
    await sut.start();
    Object.assign(database, { version: 2 });
    await sut.refresh();
    expect(ports.file.write).toHaveBeenCalledTimes(2);
    expect(ports.logger.warn).toHaveBeenCalledOnce();
    sut.close();
  });

  it('stops looking when closed', async () => {
    const { sut, ports } = newOverlay();
    await sut.start();
    sut.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ports.store.find).toHaveBeenCalledOnce();
  });
});
