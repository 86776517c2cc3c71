import { setTimeout as delay } from 'node:timers/promises';
import type { BackendOverride } from '@slipstream/balancer';
import { ConflictError, messageOf } from '@slipstream/contracts';
import type { BackendOverlayStore, StoredOverlay } from './backend-overlay.store.js';
import type { Logger } from '@slipstream/telemetry';
import { OverlayCopy } from './overlay-copy.js';
import type { OverlayFile } from './overlay-file.js';
import { overlaySchema } from './overlay.schema.js';

/** What {@link BackendOverlay} stands on. */
export interface BackendOverlayPorts {
  /** Name of the pool. */
  pool: string;
  store: Pick<BackendOverlayStore, 'find' | 'replace'>;
  file: Pick<OverlayFile, 'path' | 'read' | 'write' | 'setAside'>;
  /** Takes it over. @throws InvalidInputError when it can't be */
  apply: (overlay: readonly BackendOverride[]) => void;
  /** Publishes to the other gateways and processes that there is something new. */
  announce: () => void;
  logger: Logger;
}

/** An announcement may be lost: what is stored is looked at this often all the same. */
const POLL_MS = 10_000;
/** MongoDB, when it was away, is asked again after this long. */
const RETRY_MS = 1_000;
/** A change that another gateway was faster than is decided anew after a pause of up to this long, which doubles. */
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;
const MAX_CONTENTION_MS = 30_000;

/**
 * What was changed of a pool's backends at run time: the truth is in MongoDB, whatever it was before, the others
 * receive a change at once, and a copy on disk serves a start while MongoDB is away.
 */
export class BackendOverlay {
  /** JSON of what is applied; undefined when nothing is. */
  private applied: string | undefined;
  /** JSON of what was stored and can't be applied; so it is logged once. */
  private refused: string | undefined;
  /** Counts reads of the store, in the order of their beginnings. */
  private reads = 0;
  /** Reads that began before this one are older than what is applied. */
  private currentRead = 0;
  private changes: Promise<unknown> = Promise.resolve();
  private timer?: NodeJS.Timeout;
  private isClosed = false;
  private readonly copy: OverlayCopy;

  constructor(private readonly ports: BackendOverlayPorts) {
    this.copy = new OverlayCopy(ports);
  }

  /** Takes over what is known now; from then on what is stored. Never fails: it goes on trying. */
  async start(): Promise<void> {
    const copied = await this.copy.read();
    if (copied) await this.takeCopy(copied);
    await this.refresh();
  }

  /** Looks at what is stored, and looks again later. */
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
   * Changes it, here and everywhere. The changes of one process are made one after another, and those of several are
   * repeated until done.
   *
   * @param decide makes the new list from the one that is stored; what it throws ends the change
   * @throws DependencyUnavailableError when MongoDB is away; nothing is changed then
   */
  change(decide: (overlay: readonly BackendOverride[]) => readonly BackendOverride[]): Promise<void> {
    const change = this.changes.then(() => this.changeNow(decide));
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

  /** @param read when it was read: one that began before another that is applied is older */
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
        'the stored changes of the backends are invalid, and the previous ones stay active; correct ' +
          'backend_overlays in MongoDB',
      );
    this.refused = text;
  }

  private async takeCopy(copied: readonly BackendOverride[]): Promise<void> {
    const reason = this.take(copied);
    if (reason !== undefined) await this.copy.setAside(reason);
  }

  /** @returns why it can't be applied */
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
