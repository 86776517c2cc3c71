import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { startService, type ServiceProcess } from '@slipstream/e2e/process';
import { storesEnv } from '@slipstream/e2e/system';

const DEADLINE = { timeout: 60_000, interval: 100 };
const ITEMS = 9;
const HOST = 'chat.example';

/** Where an item is cached: an answer of the web application, or a user of the native API. */
type Kind = 'page' | 'user';

interface Item {
  readonly kind: Kind;
  readonly id: string;
  version: number;
}

/**
 * Real gateways before a web application whose pages have versions, and users whose names are versions. A read is stale
 * when it returns a version older than the last one that a write was answered for.
 */
export class CachedSources {
  private readonly app: Server = createServer((request, response) =>
    this.answer(request.method, request.url ?? '', response),
  );
  private readonly pages = new Map<string, number>();
  readonly items: Item[] = [];
  gateways: ServiceProcess[] = [];

  /** @param redisUrls one of each gateway */
  static async start(redisUrls: readonly string[]): Promise<CachedSources> {
    const sources = new CachedSources();
    sources.app.listen(0, '127.0.0.1');
    await once(sources.app, 'listening');
    const env = storesEnv();
    const folder = await mkdtemp(join(tmpdir(), 'slipstream-chaos-'));
    sources.gateways = await Promise.all(
      redisUrls.map((url, index) => sources.startGateway(join(folder, String(index)), { ...env, REDIS_URL: url })),
    );
    await sources.makeItems();
    await sources.untilShared();
    return sources;
  }

  async end(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.stop('SIGKILL')));
    this.app.closeAllConnections();
    this.app.close();
  }

  /** Every gateway has every item in memory. */
  async readAll(): Promise<void> {
    for (let round = 0; round < 3; round++) await this.staleReads();
  }

  /** @param gateway the index of the gateway that the user is connected to */
  async write(item: Item, gateway: number): Promise<void> {
    if (item.kind === 'page') await this.fetch(gateway, `/items/${item.id}`, { method: 'POST' });
    else
      await this.fetch(gateway, `/slipstream/v1/users/${item.id}`, {
        method: 'PATCH',
        body: JSON.stringify({ name: `v${item.version + 1}` }),
      });
    item.version += 1;
  }

  /** Reads all items at all gateways once. @returns those reads that were stale */
  async staleReads(gateways: readonly number[] = [...this.gateways.keys()]): Promise<string[]> {
    const reads = gateways.flatMap((gateway) =>
      this.items.map(async (item) =>
        (await this.read(item, gateway)) < item.version ? [`gateway ${gateway}: ${item.kind} ${item.id}`] : [],
      ),
    );
    return (await Promise.all(reads)).flat();
  }

  /**
   * Resolves when every gateway finds in Redis what another one stored; until then, and once more then, no read may be
   * stale.
   */
  async expectNothingStaleUntilShared(): Promise<void> {
    let isShared = false;
    const shared = this.untilShared().finally(() => (isShared = true));
    shared.catch(() => {}); // awaited below, unless a stale read ends this first
    while (!isShared) expect(await this.staleReads()).toEqual([]);
    await shared;
    expect(await this.staleReads()).toEqual([]);
  }

  /** Resolves when every gateway finds in Redis what another one stored. */
  async untilShared(): Promise<void> {
    let probe = 0;
    for (const [gateway] of this.gateways.entries()) {
      await vi.waitFor(async () => {
        const path = `/items/probe-${gateway}-${process.hrtime.bigint()}-${probe++}`;
        await this.fetch((gateway + 1) % this.gateways.length, path);
        expect((await this.fetch(gateway, path, { headers: { 'cache-control': 'only-if-cached' } })).status).toBe(200);
      }, DEADLINE);
    }
  }

  /** @returns the status of the purge of everything, asked of this gateway */
  async purgeAll(gateway: number): Promise<number> {
    const url = `${this.gateways[gateway]!.managementUrl}/admin/cache/purge`;
    return (
      await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"everything":true}' })
    ).status;
  }

  /** The web application changes a page by itself, which no gateway can see. */
  changeBehind(item: Item): void {
    item.version += 1;
    this.pages.set(item.id, item.version);
  }

  private async startGateway(folder: string, env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
    const config = `${folder}.yaml`;
    const reads = '{ "/items/{id}": { class: public, ttlMs: 3600000 } }';
    await writeFile(config, `web: { overlayFile: "${folder}.json", cache: { reads: ${reads} } }\n`);
    const { port } = this.app.address() as { port: number };
    const gateway = await startService('gateway', {
      ...env,
      WEB_BACKENDS: `http://127.0.0.1:${port}`,
      SLIPSTREAM_CONFIG: config,
    });
    await vi.waitFor(
      async () =>
        expect(await (await fetch(`${gateway.managementUrl}/health/ready`)).json()).toMatchObject({ status: 'ok' }),
      DEADLINE,
    );
    return gateway;
  }

  private async makeItems(): Promise<void> {
    for (let i = 0; i < ITEMS; i++) {
      this.items.push({ kind: 'page', id: String(i), version: 1 });
      const { id } = (await (
        await this.fetch(0, '/slipstream/v1/users', { method: 'POST', body: '{"name":"v1"}' })
      ).json()) as { id: string };
      this.items.push({ kind: 'user', id, version: 1 });
    }
  }

  private async read({ kind, id }: Item, gateway: number): Promise<number> {
    const response = await this.fetch(gateway, kind === 'page' ? `/items/${id}` : `/slipstream/v1/users/${id}`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`reading a ${kind}: ${response.status} ${text}`);
    return Number(kind === 'page' ? text : (JSON.parse(text) as { name: string }).name.slice(1));
  }

  /** Pages belong to the address that is asked, which must be the same at all gateways. */
  private async fetch(
    gateway: number,
    path: string,
    init: { method?: string; body?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const isNative = path.startsWith('/slipstream/');
    const headers = { ...(init.body === undefined ? {} : { 'content-type': 'application/json' }), ...init.headers };
    if (isNative) return fetch(`${this.gateways[gateway]!.url}${path}`, { ...init, headers });
    return requestAs(HOST, `${this.gateways[gateway]!.url}${path}`, { ...init, headers });
  }

  private answer(method: string | undefined, path: string, response: { end(text: string): void }): void {
    const id = path.replace('/items/', '');
    if (method === 'POST') this.pages.set(id, (this.pages.get(id) ?? 1) + 1);
    response.end(String(this.pages.get(id) ?? 1));
  }
}

/** fetch can't choose a Host. */
async function requestAs(
  host: string,
  url: string,
  { method = 'GET', body, headers }: { method?: string; body?: string; headers: Record<string, string> },
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  httpRequest(url, { method, headers: { host, ...headers } }, (answer) => {
    answer
      .toArray()
      .then(
        (chunks) => resolve(new Response(Buffer.concat(chunks as Buffer[]).toString(), { status: answer.statusCode })),
        reject,
      );
  })
    .on('error', reject)
    .end(body);
  return promise;
}
