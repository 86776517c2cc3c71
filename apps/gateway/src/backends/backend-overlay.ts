import { setTimeout as delay } from 'node:timers/promises';
import type { BackendOverride } from '@slipstream/balancer';
import { ConflictError, messageOf, SlipstreamError } from '@slipstream/contracts';
import { ZodError } from 'zod';
import type { BackendOverlayStore, StoredOverlay } from './backend-overlay.store.js';
import type { Logger } from '@slipstream/telemetry';
import { OverlayCopy } from './overlay-copy.js';
import type { OverlayFile } from './overlay-file.js';
import { overlaySchema } from './overlay.schema.js';

/** Dependencies of {@link BackendOverlay}. */
export interface BackendOverlayPorts {
  /** Name of the pool. */
  pool: string;
  store: Pick<BackendOverlayStore, 'find' | 'replace'>;
  file: Pick<OverlayFile, 'path' | 'read' | 'write' | 'setAside'>;
  /** Applies the changes. @throws InvalidInputError if they are invalid */
  apply: (overlay: readonly BackendOverride[]) => void;
  /** Publishes to the other gateways and processes that the changes were updated. */
  announce: () => void;
  logger: Logger;
}

/** Interval of reading the store, because a message may be lost. */
const POLL_MS = 10_000;
/** Delay before the store is read again after an outage. */
const RETRY_MS = 1_000;
/** Longest delay before a change that lost against another gateway is decided again; it doubles. */
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;
const MAX_CONTENTION_MS = 30_000;

/**
 * Changes of a pool's backends at run time. The store is authoritative. The other gateways receive a change at once.
 * A copy on disk serves a start without MongoDB.
 */
export class BackendOverlay {
  /** JSON of the applied changes; undefined without changes. */
  private applied: string | undefined;
  /** JSON of stored changes that are invalid, so that they are logged once. */
  private refused: string | undefined;
  /** Counts reads of the store, in the order of their start. */
  private reads = 0;
  /** Reads that began before this one are older than the applied changes. */
  private currentRead = 0;
  private changes: Promise<unknown> = Promise.resolve();
  private timer?: NodeJS.Timeout;
  private isClosed = false;
  private readonly copy: OverlayCopy;

  constructor(private readonly ports: BackendOverlayPorts) {
    this.copy = new OverlayCopy(ports);
  }

  /** Applies the known changes, and follows the store from then on. Never fails: it retries. */
  async start(): Promise<void> {
    const copied = await this.copy.read();
    if (copied) await this.takeCopy(copied);
    await this.refresh();
  }

  /** Reads the store, and schedules the next read. */
  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    const read = ++this.reads;
    const stored = await this.ports.store.find(this.ports.pool).catch(() => undefined);
    if (this.isClosed) return;
    if (stored) await this.takeStored(stored, read);
    clearTimeout(this.timer); // another refresh may have begun meanwhile
    this.timer = setTimeout(() => void this.refresh(), stored ? POLL_MS : RETRY_MS).unref();
  }

  /**
   * Changes the overlay, here and everywhere. Changes of one process run one after another, those of several processes
   * are repeated until they succeed.
   *
   * @param decide returns the new list for the stored one; its error ends the change
   * @throws DependencyUnavailableError if MongoDB is the store and unreachable, without a change
   * @throws SlipstreamError `backend_changes_unusable` if what is stored is damaged, or can't be read or written
   */
  change(decide: (overlay: readonly BackendOverride[]) => readonly BackendOverride[]): Promise<void> {
    const change = this.changes.then(() => this.changeNow(decide)).catch(refuseUnusable);
    this.changes = change.catch(() => undefined);
    return change;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private async changeNow(decide: (overlay: readonly BackendOverride[]) => readonly BackendOverride[]): Promise<void> {
    const startedAt = performance.now();
    for (
      let pauseMs = FIRST_PAUSE_MS;
      performance.now() - startedAt < MAX_CONTENTION_MS;
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
    ) {
      const stored = await this.ports.store.find(this.ports.pool);
      const next = decide(overlaySchema.parse(stored.overrides));
      if (await this.ports.store.replace(this.ports.pool, stored.version, next)) {
        await this.takeStored({ version: stored.version + 1, overrides: next }, ++this.reads);
        return this.ports.announce();
      }
      await delay(Math.random() * pauseMs);
    }
    throw new ConflictError(
      'backends_contended',
      `Other gateways kept changing the backends for ${MAX_CONTENTION_MS / 1000} s; try again.`,
    );
  }

  /** @param read number of the read: one that began before the applied one is older */
  private async takeStored({ version, overrides: unchecked }: StoredOverlay, read: number): Promise<void> {
    if (read < this.currentRead) return;
    const text = JSON.stringify(unchecked);
    if (text === this.applied) return void (this.currentRead = read);
    const parsed = overlaySchema.safeParse(unchecked);
    const reason = parsed.success ? this.take(parsed.data) : 'it is not a list of changes, or a value is out of range';
    this.currentRead = read;
    if (reason !== undefined || !parsed.success) return this.reportRefused(text, version, reason);
    if (version > 0 || this.copy.hasChanges) await this.copy.write(parsed.data);
  }

  private reportRefused(text: string, version: number, reason: string | undefined): void {
    if (text !== this.refused)
      this.ports.logger.error(
        { pool: this.ports.pool, version, reason },
        'the stored changes of the backends are invalid, and the previous ones stay active; correct them in ' +
          'web.overlayStore: backend_overlays in MongoDB, or web.overlayFile',
      );
    this.refused = text;
  }

  private async takeCopy(copied: readonly BackendOverride[]): Promise<void> {
    const reason = this.take(copied);
    if (reason !== undefined) await this.copy.setAside(reason);
  }

  /** @returns the reason if it can't be applied */
  private take(overlay: readonly BackendOverride[]): string | undefined {
    try {
      this.ports.apply(overlay);
      this.applied = JSON.stringify(overlay);
      this.refused = undefined;
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }
}

/** Other errors are passed on. */
function refuseUnusable(error: unknown): never {
  const isOfFile = error instanceof Error && 'syscall' in error;
  if (!isOfFile && !(error instanceof SyntaxError) && !(error instanceof ZodError)) throw error;
  throw new SlipstreamError('backend_changes_unusable', undefined, { cause: error });
}
