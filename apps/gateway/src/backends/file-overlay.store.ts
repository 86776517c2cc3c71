import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '@slipstream/contracts';
import type { Logger } from '@slipstream/telemetry';
import { z } from 'zod';
import type { BackendOverlayStore, StoredOverlay } from './backend-overlay.store.js';
import { OverlayFile } from './overlay-file.js';
import { overlayFileSchema } from './overlay.schema.js';

/** A change takes milliseconds, so the process of an older lock has died. */
const STALE_LOCK_MS = 5_000;
const LOCK_PAUSE_MS = 5;

/**
 * Changes of a pool's backends at run time, in a file: for a single gateway without MongoDB, whose processes share the
 * file.
 */
export class FileOverlayStore implements Pick<BackendOverlayStore, 'find' | 'replace'> {
  private readonly file: OverlayFile;
  private isUnreadable = false;

  constructor(
    private readonly path: string,
    private readonly logger: Pick<Logger, 'error'>,
  ) {
    this.file = new OverlayFile(path);
  }

  /** @throws if the file can't be read, or has other content; logged once */
  async find(): Promise<StoredOverlay> {
    try {
      const content = await this.file.read();
      const stored = content === undefined ? { version: 0, overrides: [] } : overlayFileSchema.parse(content);
      this.isUnreadable = false;
      return stored;
    } catch (error) {
      this.reportUnreadable(error);
      throw error;
    }
  }

  /** @returns false if they were replaced meanwhile */
  async replace(_pool: string, version: number, overrides: readonly object[]): Promise<boolean> {
    await this.lock();
    try {
      if ((await this.find()).version !== version) return false;
      await this.file.write({ version: version + 1, overrides });
      return true;
    } finally {
      await rm(this.lockPath, { force: true });
    }
  }

  private get lockPath(): string {
    return `${this.path}.lock`;
  }

  private async lock(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    while (!(await this.tryLock())) await delay(LOCK_PAUSE_MS);
  }

  private async tryLock(): Promise<boolean> {
    try {
      await (await open(this.lockPath, 'wx')).close();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      await this.dropStaleLock();
      return false;
    }
  }

  private async dropStaleLock(): Promise<void> {
    const found = await stat(this.lockPath).catch(() => undefined);
    if (found === undefined || Date.now() - found.mtimeMs < STALE_LOCK_MS) return;
    const aside = `${this.lockPath}.${process.pid}`; // only one of several processes can rename it
    await rename(this.lockPath, aside).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rm(aside, { force: true });
  }

  private reportUnreadable(error: unknown): void {
    if (!this.isUnreadable)
      this.logger.error(
        { file: this.path, reason: error instanceof z.ZodError ? 'it contains no changes' : messageOf(error) },
        "the file of the backends' changes can't be read, and the previous changes stay active; correct or delete " +
          'web.overlayFile',
      );
    this.isUnreadable = true;
  }
}
