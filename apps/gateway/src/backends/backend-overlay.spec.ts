import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BackendOverride } from '@slipstream/balancer';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { BackendOverlay } from './backend-overlay.js';

const B = { url: 'http://b', isAdded: true };

function newOverlay({
  copy,
  stored = { version: 0, overrides: [] },
}: { copy?: unknown; stored?: { version: number; overrides: unknown } } = {}) {
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
    file: {
      path: '/backends.json',
      read: vi.fn(async () => copy),
      write: vi.fn(async () => {}),
      setAside: vi.fn(async () => '/backends.json.damaged'),
    },
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

  it('starts with the file of a gateway without MongoDB', async () => {
    const { sut, ports, applied } = newOverlay({ copy: { version: 7, overrides: [B] } });
    ports.store.find.mockImplementation(away);
    await sut.start();
    expect(applied).toEqual([[B]]);
    expect(ports.file.setAside).not.toHaveBeenCalled();
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

  it.each([
    ['text', 'text'],
    ['a URL that is no text', [{ url: 1 }]],
    ['an unknown field', [{ url: 'http://b', surprise: 1 }]],
    ['no list', { url: 'x' }],
    ['a weight out of bounds', [{ ...B, weight: 1e308 }]],
    ['a weight of 0', [{ ...B, weight: 0 }]],
    ['a priority out of bounds', [{ ...B, priority: 101 }]],
    ['an empty URL', [{ url: '' }]],
  ])('sets aside a copy that has %s, and logs it', async (_, copy) => {
    const { sut, ports, applied } = newOverlay({ copy });
    ports.store.find.mockImplementation(away);
    await sut.start();
    expect([applied, ports.file.setAside.mock.calls.length]).toEqual([[], 1]);
    expect(ports.logger.error).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ file: '/backends.json', aside: '/backends.json.damaged', reason: expect.any(String) }),
      expect.stringContaining('set aside'),
    );
    sut.close();
  });

  it.each([
    ['no JSON', () => Promise.reject(new SyntaxError('Unexpected end'))],
    ['unreadable', () => Promise.reject(new Error('EISDIR'))],
  ])('sets aside a copy that is %s, even if it cannot be renamed', async (_, read) => {
    const { sut, ports, applied } = newOverlay();
    ports.file.read.mockImplementation(read);
    ports.file.setAside.mockRejectedValue(new Error('EROFS'));
    await sut.start();
    expect([applied, ports.logger.error.mock.calls.length]).toEqual([[[]], 1]);
    sut.close();
  });

  it('sets aside a copy that cannot be applied, and says nothing where there is none', async () => {
    const broken = newOverlay({ copy: [B] });
    broken.ports.apply.mockImplementationOnce(() => {
      throw new Error('no');
    });
    const none = newOverlay();
    for (const { sut, ports } of [broken, none]) {
      ports.store.find.mockImplementation(away);
      await sut.start();
      sut.close();
    }
    expect([
      broken.ports.file.setAside.mock.calls.length,
      none.ports.file.setAside.mock.calls.length,
      none.ports.logger.error.mock.calls.length,
    ]).toEqual([1, 0, 0]);
  });

  it.each([
    ['to an earlier revision', { version: 2, overrides: [{ url: 'http://earlier', isAdded: true }] }],
    ['to the same revision with another content', { version: 7, overrides: [{ url: 'http://other', isAdded: true }] }],
    ['to nothing', { version: 0, overrides: [] }],
  ])('follows a database that was restored %s, and every change after that', async (_, restored) => {
    const { sut, ports, database, applied } = newOverlay({ stored: { version: 7, overrides: [B] } });
    await sut.start();
    Object.assign(database, restored);
    await sut.refresh();
    expect(applied.at(-1)).toEqual(restored.overrides);
    expect(ports.file.write).toHaveBeenLastCalledWith(restored.overrides);
    const C = { url: 'http://c', isAdded: true };
    await sut.change((overlay) => [...overlay, C]);
    expect(applied.at(-1)).toEqual([...restored.overrides, C]);
    Object.assign(database, { version: database.version + 1, overrides: [] }); // by another gateway
    await sut.refresh();
    expect(applied.at(-1)).toEqual([]);
    sut.close();
  });

  it('never applies a read that began before a change over that change', async () => {
    const { sut, ports, applied } = newOverlay({ stored: { version: 1, overrides: [] } });
    await sut.start();
    const slow = Promise.withResolvers<{ version: number; overrides: unknown }>();
    ports.store.find.mockImplementationOnce(() => slow.promise as never);
    const refreshed = sut.refresh();
    await sut.change(() => [B]);
    slow.resolve({ version: 1, overrides: [] });
    await refreshed;
    expect(applied.at(-1)).toEqual([B]);
    sut.close();
  });

  it('makes 40 changes of two gateways at once, and refuses none', async () => {
    vi.useRealTimers();
    const gateways = [newOverlay(), newOverlay()];
    const shared = gateways[0]!.ports.store;
    const slowly = <T>(call: () => Promise<T>) => new Promise(setImmediate).then(call);
    const overlays = gateways.map(
      ({ ports }) =>
        new BackendOverlay({
          ...ports,
          store: {
            find: () => slowly(() => shared.find()),
            replace: (...args: Parameters<typeof shared.replace>) => slowly(() => shared.replace(...args)),
          },
        } as never),
    );
    const urls = Array.from({ length: 40 }, (_, n) => `http://b${n}`);
    await Promise.all(urls.map((url, n) => overlays[n % 2]!.change((overlay) => [...overlay, { url, isAdded: true }])));
    const { version, overrides } = gateways[0]!.database;
    expect([version, (overrides as { url: string }[]).map(({ url }) => url).sort()]).toEqual([40, urls.sort()]);
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
    await expect(
      sut.change(() => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
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
    ports.apply.mockImplementationOnce(() => {
      throw new Error('no');
    });
    await sut.refresh();
    await sut.refresh();
    expect([applied, ports.logger.error.mock.calls.length]).toEqual([[[B]], 2]); // each is logged once
    sut.close();
  });

  it('says once that the copy cannot be written', async () => {
    const { sut, ports, database } = newOverlay({ stored: { version: 1, overrides: [] } });
    ports.file.write.mockRejectedValue(new Error('EROFS'));
    await sut.start();
    Object.assign(database, { version: 2, overrides: [B] });
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
