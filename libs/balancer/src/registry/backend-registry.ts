import { isDeepStrictEqual } from 'node:util';
import { messageOf, type Logger } from '@slipstream/contracts';
import type { BackendOptions } from '../backend.js';
import { applyOverlay, type BackendOverride } from './backend-overlay.js';
import { parseBackendUrl, type BackendUrl } from './backend-url.js';
import { discover } from './discovered-backends.js';
import type { Resolver } from './resolver.port.js';
import { systemResolver } from './system-resolver.js';

/** Options of {@link BackendRegistry}. */
export interface BackendRegistryOptions {
  /** As configured; see {@link parseBackendUrl} for the URLs that stand for many. */
  configured: readonly BackendOptions[];
  /** Between two questions to the name service about the same name, in ms. Default 5000. */
  discoveryIntervalMs?: number;
  /** Default: the system's. */
  resolver?: Resolver;
  /** Told of the pool's backends, now and whenever they change. */
  onChange: (backends: readonly BackendOptions[]) => void;
  logger: Logger<'info' | 'warn'>;
}

const DEFAULT_INTERVAL_MS = 5_000;

/** A name that stands for backends, and those that it stood for when the name service last answered. */
interface Name {
  target: BackendUrl;
  entry: BackendOptions;
  found: readonly BackendOptions[];
  isFailing: boolean;
  timer?: NodeJS.Timeout;
}

/**
 * Which backends a pool has: those of the configuration, with what was changed at run time, and for names those that
 * the name service knows. When it doesn't answer, or with nothing, its last good answer stands.
 */
export class BackendRegistry {
  private readonly names = new Map<string, Name>();
  private overlay: readonly BackendOverride[] = [];
  private published = '';
  private isStarted = false;
  private configured: readonly BackendOptions[];
  private discoveryIntervalMs: number;

  /** @throws InvalidInputError `invalid_backend_url` */
  constructor(private readonly options: BackendRegistryOptions) {
    for (const { url } of options.configured) parseBackendUrl(url);
    this.configured = options.configured;
    this.discoveryIntervalMs = options.discoveryIntervalMs ?? DEFAULT_INTERVAL_MS;
  }

  start(): void {
    this.isStarted = true;
    this.update();
  }

  /** Replaces what was changed at run time. @throws InvalidInputError `invalid_backend_url`; all is as it was then */
  setOverlay(overlay: readonly BackendOverride[]): void {
    for (const { url } of overlay) parseBackendUrl(url);
    this.overlay = overlay;
    if (this.isStarted) this.update();
  }

  /**
   * Replaces what is configured; what was changed at run time is laid over it again.
   *
   * @throws InvalidInputError `invalid_backend_url`; all is as it was then
   */
  setConfigured({
    configured,
    discoveryIntervalMs = DEFAULT_INTERVAL_MS,
  }: Pick<BackendRegistryOptions, 'configured' | 'discoveryIntervalMs'>): void {
    for (const { url } of configured) parseBackendUrl(url);
    this.configured = configured;
    this.discoveryIntervalMs = discoveryIntervalMs;
    if (this.isStarted) this.update();
  }

  close(): void {
    this.isStarted = false;
    for (const { timer } of this.names.values()) clearTimeout(timer);
    this.names.clear();
  }

  private update(): void {
    const entries = applyOverlay(this.configured, this.overlay).map((entry) => ({
      entry,
      target: parseBackendUrl(entry.url),
    }));
    this.follow(entries.filter(({ target }) => target.discovery !== 'none'));
    const plain = entries
      .filter(({ target }) => target.discovery === 'none')
      .map(({ entry, target }) => ({ ...entry, url: target.url }));
    const found = [...this.names.values()].flatMap(({ found }) => found);
    const backends = applyOverlay(
      uniqueByUrl([...plain, ...found]),
      this.overlay.filter(({ isAdded }) => !isAdded),
    );
    this.publish(backends);
  }

  /** Begins to ask for new names, and stops asking for those that nobody needs any more. */
  private follow(entries: readonly { entry: BackendOptions; target: BackendUrl }[]): void {
    const wanted = new Set(entries.map(({ target }) => target.url));
    for (const [url, { timer }] of this.names) {
      if (wanted.has(url)) continue;
      clearTimeout(timer);
      this.names.delete(url);
    }
    for (const { entry, target } of entries) {
      const known = this.names.get(target.url);
      if (known && isDeepStrictEqual(known.entry, entry)) continue;
      clearTimeout(known?.timer);
      const name: Name = { target, entry, found: known?.found ?? [], isFailing: known?.isFailing ?? false };
      this.names.set(target.url, name);
      void this.resolve(name);
    }
  }

  private async resolve(name: Name): Promise<void> {
    const { resolver = systemResolver } = this.options;
    const found = await discover(name.target, name.entry, resolver).catch((error: unknown) =>
      this.logFailure(name, messageOf(error)),
    );
    if (this.names.get(name.target.url) !== name) return;
    if (found) Object.assign(name, { found, isFailing: false });
    name.timer = setTimeout(() => void this.resolve(name), this.discoveryIntervalMs).unref();
    if (found) this.update();
  }

  private logFailure(name: Name, reason: string): undefined {
    if (!name.isFailing)
      this.options.logger.warn(
        { name: name.target.url, reason, kept: name.found.length },
        'the DNS query for the backends failed; the backends of the last answer are kept',
      );
    name.isFailing = true;
  }

  private publish(backends: readonly BackendOptions[]): void {
    const text = JSON.stringify(backends);
    if (text === this.published) return;
    this.published = text;
    this.options.onChange(backends);
  }
}

/** The first of each URL counts. */
function uniqueByUrl(backends: readonly BackendOptions[]): readonly BackendOptions[] {
  const byUrl = new Map<string, BackendOptions>();
  for (const backend of backends) if (!byUrl.has(backend.url)) byUrl.set(backend.url, backend);
  return [...byUrl.values()];
}
