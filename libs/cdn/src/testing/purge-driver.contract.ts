import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EdgePurge, ItemType, PurgeDriver } from '../purge/purge-driver.port.js';
import { FakeEdge, type SeenRequest } from './fake-edge.js';

/** A driver, and the protocol that its network documents. */
export interface DriverUnderTest {
  /** @param url of the fake */
  open(url: string, timeoutMs: number): PurgeDriver;
  /** The documented answer. */
  answer: ConstructorParameters<typeof FakeEdge>[0];
  /** What a request of the protocol purges. */
  purged(request: SeenRequest): EdgePurge;
  isSoft?(request: SeenRequest): boolean;
  /** Kinds that are purged softly. */
  softly: readonly EdgePurge['type'][];
}

/** Of every token in the specs. */
export const TOKEN = 's3cret-token';

const ITEMS: Readonly<Record<ItemType, readonly string[]>> = {
  urls: ['https://cdn.example/a.js?v=1', 'https://cdn.example/b%20c.css'],
  tags: ['models', 'chat:42', 'two%20words'],
  prefixes: ['https://cdn.example/static/', 'https://cdn.example/a'],
};

/** What every {@link PurgeDriver} does. To be called outside of specs. */
export function purgeDriverContract(name: string, under: DriverUnderTest): void {
  describe(`${name} as a purge driver`, () => {
    let edge: FakeEdge;
    let driver: PurgeDriver;
    let url: string;
    beforeEach(async () => {
      edge = new FakeEdge(under.answer);
      url = await edge.listen();
      driver = under.open(url, 5_000);
    });
    afterEach(() => edge.close());

    const purged = (): EdgePurge[] => edge.seen.map((request) => under.purged(request));
    const kinds = (): ItemType[] => (['urls', 'tags', 'prefixes'] as const).filter((type) => driver.maxItems[type] > 0);

    it('purges by each kind that it can, and everything', async () => {
      for (const type of kinds()) {
        const items = ITEMS[type].slice(0, driver.maxItems[type]);
        expect(await driver.purge({ type, items }, false)).toEqual({ type: 'done' });
        expect(purged().at(-1)).toEqual({ type, items });
      }
      expect(await driver.purge({ type: 'everything' }, false)).toEqual({ type: 'done' });
      expect(purged().at(-1)).toEqual({ type: 'everything' });
      expect(edge.seen.map((request) => under.isSoft?.(request) ?? false)).not.toContain(true);
    });

    it('purges softly where the network can', async () => {
      for (const type of kinds()) {
        await driver.purge({ type, items: ITEMS[type].slice(0, 1) }, true);
        expect(under.isSoft?.(edge.seen.at(-1)!) ?? false).toBe(under.softly.includes(type));
      }
      await driver.purge({ type: 'everything' }, true);
      expect(under.isSoft?.(edge.seen.at(-1)!) ?? false).toBe(under.softly.includes('everything'));
    });

    it('takes as many items as it says', async () => {
      for (const type of kinds()) {
        const items = Array.from({ length: driver.maxItems[type] }, (_, i) => `${ITEMS[type][0]}${i}`);
        expect(await driver.purge({ type, items }, false)).toEqual({ type: 'done' });
        expect(purged().at(-1)).toEqual({ type, items });
      }
    });

    it.each([
      [429, '7', 7_000],
      [429, undefined, undefined],
      [503, '120', 120_000],
      [500, undefined, undefined],
      [403, undefined, undefined],
      [401, undefined, undefined],
    ])('is to repeat a call that is answered with %i and Retry-After: %s', async (status, retryAfter, retryAfterMs) => {
      edge.fault = (_, response) =>
        void response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('{}');
      expect(await driver.purge({ type: 'everything' }, false)).toEqual({
        type: 'later',
        reason: `answered ${status}`,
        retryAfterMs,
      });
    });

    it.each([400, 405, 422])('gives a call up that is answered with %i', async (status) => {
      edge.fault = (_, response) => void response.writeHead(status).end(TOKEN);
      expect(await driver.purge({ type: 'everything' }, false)).toEqual({
        type: 'rejected',
        reason: `answered ${status}`,
      });
    });

    it('follows no redirect', async () => {
      edge.fault = (_, response) => void response.writeHead(307, { location: `${url}/elsewhere` }).end();
      expect(await driver.purge({ type: 'everything' }, false)).toMatchObject({ type: 'rejected' });
      expect(edge.seen).toHaveLength(1);
    });

    it('waits for no answer that does not come', async () => {
      edge.fault = () => {};
      expect(await under.open(url, 50).purge({ type: 'everything' }, false)).toEqual({
        type: 'later',
        reason: 'did not answer in time',
      });
    });

    it('waits for no body that does not end', async () => {
      edge.fault = (_, response) => void response.writeHead(500).write('x');
      expect(await under.open(url, 50).purge({ type: 'everything' }, false)).toMatchObject({ type: 'later' });
    });

    it('reads no more of an endless body than it needs', async () => {
      edge.fault = (_, response) => {
        response.writeHead(500).on('error', () => {});
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      };
      expect(await driver.purge({ type: 'everything' }, false)).toMatchObject({ type: 'later' });
    });

    it('is to repeat a call to a network that is unreachable, or breaks off', async () => {
      edge.fault = ({ socket }) => socket.destroy();
      expect(await driver.purge({ type: 'everything' }, false)).toMatchObject({ type: 'later' });
      await edge.close();
      expect(await driver.purge({ type: 'everything' }, false)).toEqual({
        type: 'later',
        reason: 'failed (ECONNREFUSED)',
      });
    });
  });
}
