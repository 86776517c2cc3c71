import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InvalidInputError, NotFoundError, SlipstreamError, type Page, type PageQuery } from '@slipstream/contracts';
import { HOSTED_PREFIX } from '../http/routes.js';
import { uploadError } from '../native/documents/upload-error.js';
import { UploadMeter } from '../native/documents/upload-meter.js';
import { assetNameOf } from './asset-types.js';
import type { HostedAsset, HostedAssetFiles, HostedAssetStore } from './hosted-asset.store.js';

/** Limits of {@link HostedAssets}. */
export interface HostedAssetLimits {
  maxFileBytes: number;
  maxFiles: number;
}

/** Dependencies of {@link HostedAssets}. */
export interface HostedAssetsPorts {
  store: Pick<HostedAssetStore, 'add' | 'find' | 'count' | 'list' | 'remove'>;
  files: Pick<HostedAssetFiles, 'openUpload' | 'delete'>;
  /** Called after a file was removed, with the path of its URL. */
  onRemoved?: (path: string) => void;
}

export const hostedPath = (id: string): string => `${HOSTED_PREFIX}/${id}`;

/** 132 bits in base64url. */
const HASH_CHARS = 22;

/** Stores files whose URL contains the hash of their content. */
export class HostedAssets {
  constructor(
    private readonly ports: HostedAssetsPorts,
    private readonly limits: HostedAssetLimits,
  ) {}

  /**
   * Streams a file into the database. The same name with the same content is stored once.
   *
   * @returns the file, and whether it is new
   * @throws SlipstreamError `asset_type_refused`, `asset_too_large`, `asset_limit_reached`, `asset_empty`, …
   */
  async put(name: string, content: Readable): Promise<{ asset: HostedAsset; isNew: boolean }> {
    const file = assetNameOf(name);
    if (!file) throw new SlipstreamError('asset_type_refused');
    if ((await this.ports.store.count()) >= this.limits.maxFiles) throw new SlipstreamError('asset_limit_reached');
    const fileId = randomUUID();
    const { bytes, digest } = await this.upload(fileId, content).catch(async (error: unknown) => {
      await this.ports.files.delete(fileId).catch(() => undefined);
      throw error;
    });
    const hash = Buffer.from(digest, 'hex').toString('base64url').slice(0, HASH_CHARS);
    const _id = `${file.stem}-${hash}.${file.extension}`;
    // If this fails, its outcome is unknown, so the content stays: a stored file without it would be broken for ever.
    const isNew = await this.ports.store.add({ _id, fileId, digest, type: file.type, bytes });
    if (!isNew) await this.ports.files.delete(fileId);
    return { asset: await this.existing(_id), isNew };
  }

  list(query: PageQuery): Promise<Page<HostedAsset>> {
    return this.ports.store.list(query);
  }

  /** @throws NotFoundError `asset_not_found` */
  async remove(id: string): Promise<void> {
    const removed = await this.ports.store.remove(id);
    if (!removed) throw new NotFoundError('asset', id);
    await this.ports.files.delete(removed.fileId);
    this.ports.onRemoved?.(hostedPath(id));
  }

  private async existing(id: string): Promise<HostedAsset> {
    const found = await this.ports.store.find(id);
    if (!found) throw new NotFoundError('asset', id); // removed meanwhile
    return found;
  }

  private async upload(fileId: string, content: Readable): Promise<{ bytes: number; digest: string }> {
    const { maxFileBytes } = this.limits;
    const meter = new UploadMeter(maxFileBytes, () => new SlipstreamError('asset_too_large'));
    await pipeline(content, meter, this.ports.files.openUpload(fileId)).catch((error: unknown) => {
      throw uploadError(error);
    });
    if (meter.bytes === 0) throw new InvalidInputError('asset_empty');
    return { bytes: meter.bytes, digest: meter.digest() };
  }
}
