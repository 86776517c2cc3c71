import { z } from 'zod';
import type { BackendOverride } from '@slipstream/balancer';
import { ConflictError, messageOf } from '@slipstream/contracts';
import type { BackendOverlayStore, StoredOverlay } from '@slipstream/mongo';
import type { Logger } from '@slipstream/telemetry';
import type { OverlayFile } from './overlay-file.js';

const overrides = z
  .array(
    z.strictObject({
      url: z.string().max(2048),
      weight: z.number().positive().optional(),
      priority: z.number().int().min(0).optional(),
      isDraining: z.boolean().optional(),
      isAdded: z.boolean().optional(),
      isRemoved: z.boolean().optional(),
    }),
  )
  .max(1000);

/** What {@link BackendOverlay} stands on. */
export interface BackendOverlayPorts {
  /** Name of the pool. */
  pool: string;
  store: Pick<BackendOverlayStore, 'find' | 'replace'>;
  file: Pick<OverlayFile, 'read' | 'write'>;
  /** Takes it over. @throws InvalidInputError when it can't be */
  apply: (overlay: readonly BackendOverride[]) => void;
  /** Tells the other gateways and processes that there is something new. */
  announce: () => void;
  logger: Logger;
}

/** An announcement may be lost: what is stored is looked at this often all the same. */
const POLL_MS = 10_000;
/** MongoDB, when it was away, is asked again after this long. */
const RETRY_MS = 1_000;
/** Operators at work at the same moment. */
const MAX_RACES = 10;

/**
 * What was changed of a pool's backends at run time: the truth is in MongoDB, the others hear of a change at once, and a
 * copy on disk serves a start while MongoDB is away.
 */
export class BackendOverlay {
  private version = -1;
  private timer?: NodeJS.Timeout;
  private isClosed = false;
  private isFileBroken = false;

  constructor(private readonly ports: BackendOverlayPorts) {}

  /** Takes over what is known now; from then on what is stored. Never fails: it goes on trying. */
  async start(): Promise<void> {
    const copy = overrides.safeParse(await this.ports.file.read());
    if (copy.success) this.take(0, copy.data);
    await this.refresh();
  }

  /** Looks at what is stored, and looks again later. */
  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    const stored = await this.ports.store.find(this.ports.pool).catch(() => undefined);
    if (this.isClosed) return;
    if (stored) await this.takeStored(stored);
    this.timer = setTimeout(() => void this.refresh(), stored ? POLL_MS : RETRY_MS).unref();
  }

  /**
   * Changes it, here and everywhere.
   *
   * @param decide makes the new list from the one that is stored; what it throws ends the change
   * @throws DependencyUnavailableError when MongoDB is away; nothing is changed then
   */
  async change(decide: (overlay: readonly BackendOverride[]) => readonly BackendOverride[]): Promise<void> {
    for (let race = 0; race < MAX_RACES; race++) {
      const stored = await this.ports.store.find(this.ports.pool);
      const next = decide(overrides.parse(stored.overrides));
      if (!(await this.ports.store.replace(this.ports.pool, stored.version, next))) continue;
      await this.takeStored({ version: stored.version + 1, overrides: next });
      return this.ports.announce();
    }
    throw new ConflictError('backends_contended', 'Others are changing the backends at the same moment; try again.');
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private async takeStored({ version, overrides: unchecked }: StoredOverlay): Promise<void> {
    if (version <= this.version && version !== 0) return;
    const parsed = overrides.safeParse(unchecked);
    if (!parsed.success) return this.ports.logger.error({ pool: this.ports.pool, version }, 'the stored changes of the backends are no such thing; they are left alone');
    if (!this.take(version, parsed.data) || version === 0) return;
    await this.ports.file.write(parsed.data).catch((error: unknown) => this.tellBrokenFile(error));
  }

  private take(version: number, overlay: readonly BackendOverride[]): boolean {
    try {
      this.ports.apply(overlay);
      this.version = version;
      return true;
    } catch (error) {
      this.ports.logger.error({ pool: this.ports.pool, version, reason: messageOf(error) }, 'the changes of the backends cannot be taken over');
      return false;
    }
  }

  private tellBrokenFile(error: unknown): void {
    if (!this.isFileBroken) this.ports.logger.warn({ reason: messageOf(error) }, 'the copy of the backends\' changes cannot be written; a start while MongoDB is away will not know them (web.overlayFile)');
    this.isFileBroken = true;
  }
}
