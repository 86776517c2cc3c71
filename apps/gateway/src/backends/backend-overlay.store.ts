import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { DatabasePool, unlessDuplicate, type Model } from '@slipstream/mongo';
import { backendOverlayModel, type BackendOverlayDocument } from './backend-overlay.schema.js';

/** The stored changes of a pool. */
export interface StoredOverlay {
  /** 0: never changed. */
  version: number;
  /** As stored, unvalidated. */
  overrides: unknown;
}

/** Changes of the pools' backends at run time. */
@Injectable()
export class BackendOverlayStore {
  constructor(
    @InjectModel(backendOverlayModel.name) private readonly overlays: Model<BackendOverlayDocument>,
    private readonly pool: DatabasePool,
  ) {}

  find(poolName: string): Promise<StoredOverlay> {
    return this.pool.run('backend_overlay.find', async () => {
      const found = await this.overlays.findById(poolName).lean<BackendOverlayDocument>();
      return found
        ? { version: found.version, overrides: JSON.parse(found.overrides) as unknown }
        : { version: 0, overrides: [] };
    });
  }

  /**
   * Replaces the changes of `version`.
   * @returns false if they were replaced meanwhile
   */
  replace(poolName: string, version: number, overrides: readonly object[]): Promise<boolean> {
    const change = { version: version + 1, overrides: JSON.stringify(overrides) };
    return this.pool.run('backend_overlay.replace', async () => {
      if (version === 0) return (await unlessDuplicate(this.overlays.create({ _id: poolName, ...change }))) !== null;
      return (await this.overlays.updateOne({ _id: poolName, version }, { $set: change })).matchedCount === 1;
    });
  }
}
