import { parseBackendUrl, type BackendOverride, type BackendStatus } from '@slipstream/balancer';
import { ConflictError, type AddBackend, type BackendView, type ChangeBackend } from '@slipstream/contracts';
import { idOf, withAdded, withChanged, withRemoved, type OverlayState } from './overlay-change.js';

/** A pool whose backends are shown. */
export interface ListedPool {
  name: string;
  backends(): readonly BackendStatus[];
}

/** The web pool, whose backends can be changed at run time too. */
export interface ChangeablePool extends ListedPool {
  /** URLs that the configuration names. */
  configured: readonly string[];
  change(decide: (overlay: readonly BackendOverride[]) => readonly BackendOverride[]): Promise<void>;
}

/** Every pool of the gateway, and what an operator may do to its backends. */
export class PoolDirectory {
  /** @param web absent when no web application is configured: there is nothing to change then */
  constructor(
    private readonly pools: readonly ListedPool[],
    private readonly web?: ChangeablePool,
  ) {}

  list(): BackendView[] {
    return this.pools.flatMap((pool) => pool.backends().map((backend) => ({ id: idOf(backend.url), pool: pool.name, ...backend, answers: { ...backend.answers } })));
  }

  /** @throws InvalidInputError `invalid_backend_url`. @throws ConflictError `backend_exists` */
  async add(body: AddBackend): Promise<{ id: string; url: string }> {
    const { url } = parseBackendUrl(body.url);
    await this.decide((state) => withAdded(state, body));
    return { id: idOf(url), url };
  }

  /** @throws NotFoundError */
  change(id: string, change: ChangeBackend): Promise<void> {
    return this.decide((state) => withChanged(state, id, change));
  }

  /** @throws NotFoundError */
  remove(id: string): Promise<void> {
    return this.decide((state) => withRemoved(state, id));
  }

  private decide(rule: (state: OverlayState) => readonly BackendOverride[]): Promise<void> {
    const { web } = this;
    if (!web) throw new ConflictError('no_web_pool', 'No web application is configured, so there is no pool to change; set WEB_BACKENDS (web.backends) first.');
    return web.change((overlay) => rule({ overlay, configured: web.configured, present: web.backends().map(({ url }) => url) }));
  }
}
