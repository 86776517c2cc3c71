import { Pool } from 'undici';

/** Shorter than the 5 s after which Node and uvicorn close an idle connection, so that none dies under a request. */
const KEEP_ALIVE_MS = 4000;

/** The connections to every backend, made as they are needed and used again while they are fresh. */
export class BackendConnections {
  private readonly pools = new Map<string, Pool>();

  /** @param connectTimeoutMs longest wait for a connection to be made */
  constructor(private readonly connectTimeoutMs: number) {}

  /** @param backend its URL, of which only the origin counts */
  to(backend: string): Pool {
    let pool = this.pools.get(backend);
    if (!pool) this.pools.set(backend, (pool = this.create(backend)));
    return pool;
  }

  /** Ends all of them, those in use too. */
  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
  }

  private create(backend: string): Pool {
    return new Pool(new URL(backend).origin, {
      connect: { timeout: this.connectTimeoutMs },
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      allowH2: false, // a connection of HTTP/2 can't become a WebSocket's
    });
  }
}
