import type { BackendOverride } from '@slipstream/balancer';
import { messageOf } from '@slipstream/contracts';
import type { Logger } from '@slipstream/telemetry';
import type { OverlayFile } from './overlay-file.js';
import { overlayFileSchema, overlaySchema } from './overlay.schema.js';

/** Dependencies of {@link OverlayCopy}. */
export interface OverlayCopyPorts {
  pool: string;
  file: Pick<OverlayFile, 'path' | 'read' | 'write' | 'setAside'>;
  logger: Logger;
}

/**
 * The copy of a pool's changes on disk. An invalid copy is logged and set aside, so that it does not count as a missing
 * one.
 */
export class OverlayCopy {
  /** Whether the file contains changes, as far as known. */
  hasChanges = false;
  private isUnwritable = false;

  constructor(private readonly ports: OverlayCopyPorts) {}

  /** @returns undefined if it is missing or invalid */
  async read(): Promise<readonly BackendOverride[] | undefined> {
    try {
      const content = await this.ports.file.read();
      if (content === undefined) return undefined;
      const copied = overlaySchema.parse(overlayFileSchema.parse(content).overrides);
      this.hasChanges = copied.length > 0;
      return copied;
    } catch (error) {
      await this.setAside(
        error instanceof SyntaxError
          ? 'it is not valid JSON'
          : error instanceof Error && error.name === 'ZodError'
            ? 'it is not a list of changes, or a value is out of range'
            : messageOf(error),
      );
      return undefined;
    }
  }

  async write(overlay: readonly BackendOverride[]): Promise<void> {
    try {
      await this.ports.file.write(overlay);
      this.hasChanges = overlay.length > 0;
    } catch (error) {
      this.reportUnwritable(error);
    }
  }

  async setAside(reason: string): Promise<void> {
    const { pool, file, logger } = this.ports;
    const aside = await file
      .setAside()
      .catch((error: unknown) => `not moved, because renaming failed: ${messageOf(error)}`);
    logger.error(
      { pool, file: file.path, reason, aside },
      "the copy of the backends' changes is invalid and was set aside; the configured backends apply until " +
        'MongoDB is reachable',
    );
  }

  private reportUnwritable(error: unknown): void {
    if (!this.isUnwritable)
      this.ports.logger.warn(
        { reason: messageOf(error) },
        "the copy of the backends' changes can't be written; a start without MongoDB will miss them; check " +
          'web.overlayFile',
      );
    this.isUnwritable = true;
  }
}
