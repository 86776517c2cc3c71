import { parseBackendUrl, type BackendOverride, type BackendStatus } from '@slipstream/balancer';
import { ConflictError, type AddBackend, type BackendView, type ChangeBackend } from '@slipstream/contracts';
import { idOf, withAdded, withChanged, withRemoved, type OverlayState } from './overlay-change.js';

/** A pool whose backends are listed. */
export interface ListedPool {
  name: string;
  backends(): readonly BackendStatus[];
}

/** The web pool, whose backends can also be changed at run time. */
export interface ChangeablePool extends ListedPool {
  /** URLs in the configuration. */
  configured(): readonly string[];
  change(decide: (overlay: readonly BackendOverride[]) => readonly BackendOverride[]): Promise<void>;
}

/** Every pool of the gateway, and the operations on its backends. */
export class PoolDirectory {
  /** @param web absent if no web application is configured */
  constructor(
    private readonly pools: readonly ListedPool[],
    private readonly web?: ChangeablePool,
  ) {}

  /** As reported by this process. */
  list(): BackendView[] {
    return this.pools.flatMap((pool) =>
      pool
        .backends()
        .map((backend) => ({ id: idOf(backend.url), pool: pool.name, ...backend, answers: { ...backend.answers } })),
    );
  }

  /** @throws InvalidInputError `invalid_backend_url`. @throws ConflictError `backend_exists` */
  async add(body: AddBackend): Promise<{ id: string; url: string }> {
    const { url } = parseBackendUrl(body.url);
    await this.decide((state) => withAdded(state, body));
    return { id: idOf(url), url };
  }

  /** @throws NotFoundError. @throws ConflictError `pool_not_changeable` */
  async change(id: string, change: ChangeBackend): Promise<void> {
    this.requireChangeable(id);
    await this.decide((state) => withChanged(state, id, change));
  }

  /** @throws NotFoundError. @throws ConflictError `pool_not_changeable` */
  async remove(id: string): Promise<void> {
    this.requireChangeable(id);
    await this.decide((state) => withRemoved(state, id));
  }

  /** A backend that is listed and can't be changed is not unknown. */
  private requireChangeable(id: string): void {
    const pools = this.pools
      .filter((pool) => pool.backends().some(({ url }) => idOf(url) === id))
      .map(({ name }) => name);
    if (pools.length === 0 || pools.includes(this.web?.name ?? '')) return;
    throw new ConflictError(
      'pool_not_changeable',
      `Backend '${id}' belongs to pool '${pools[0]}', which can't be changed at run time; change the ` +
        'configuration and restart.',
    );
  }

  private async decide(rule: (state: OverlayState) => readonly BackendOverride[]): Promise<void> {
    const { web } = this;
    if (!web)
      throw new ConflictError(
        'no_web_pool',
        "No web application is configured, so its pool can't be changed; set WEB_BACKENDS (web.backends) first.",
      );
    await web.change((overlay) =>
      rule({ overlay, configured: web.configured(), present: web.backends().map(({ url }) => url) }),
    );
  }
}
