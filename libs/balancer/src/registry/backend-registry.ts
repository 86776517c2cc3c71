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
  /** Configured backends. See {@link parseBackendUrl} for URLs that stand for several. */
  configured: readonly BackendOptions[];
  /** Pause between two DNS queries for the same name, in ms. Default 5000. */
  discoveryIntervalMs?: number;
  /** Default: that of the system. */
  resolver?: Resolver;
  /** Receives the backends of the pool, at the start and after each change. */
  onChange: (backends: readonly BackendOptions[]) => void;
  logger: Logger<'info' | 'warn'>;
}

const DEFAULT_INTERVAL_MS = 5_000;

/** A name that stands for backends, with those of the last good DNS answer. */
interface Name {
  target: BackendUrl;
  entry: BackendOptions;
  found: readonly BackendOptions[];
  isFailing: boolean;
  timer?: NodeJS.Timeout;
}

/**
 * The backends of a pool: those of the configuration with the changes of run time. Names are resolved repeatedly. If
 * DNS fails or finds nothing, the last good answer is kept.
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

  /** Replaces the changes of run time. @throws InvalidInputError `invalid_backend_url`; nothing is changed then */
  setOverlay(overlay: readonly BackendOverride[]): void {
    for (const { url } of overlay) parseBackendUrl(url);
    this.overlay = overlay;
    if (this.isStarted) this.update();
  }

  /**
   * Replaces the configured backends. The changes of run time still override them.
   *
   * @throws InvalidInputError `invalid_backend_url`; nothing is changed then
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

  /** Starts to resolve new names, and stops resolving unused ones. */
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

/** The first backend of each URL counts. */
function uniqueByUrl(backends: readonly BackendOptions[]): readonly BackendOptions[] {
  const byUrl = new Map<string, BackendOptions>();
  for (const backend of backends) if (!byUrl.has(backend.url)) byUrl.set(backend.url, backend);
  return [...byUrl.values()];
}
