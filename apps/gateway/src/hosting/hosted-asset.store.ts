import { Injectable } from '@nestjs/common';
import { InjectModel, type ModelDefinition } from '@nestjs/mongoose';
import type { Page, PageQuery } from '@slipstream/contracts';
import {
  DatabasePool,
  FileBucket,
  Schema,
  newestFirst,
  unlessDuplicate,
  versioned,
  type Model,
} from '@slipstream/mongo';

/** A hosted file. */
export interface HostedAsset {
  /** Name in its URL, which contains the hash of the content. */
  _id: string;
  /** Of its content in {@link HostedAssetFiles}. */
  fileId: string;
  /** SHA-256 of the content, hexadecimal. */
  digest: string;
  type: string;
  bytes: number;
  createdAt: Date;
}

const assetSchema: Schema<HostedAsset> = new Schema<HostedAsset>(
  {
    _id: { type: String, required: true },
    fileId: { type: String, required: true },
    digest: { type: String, required: true },
    type: { type: String, required: true },
    bytes: { type: Number, required: true },
  },
  { collection: 'hosted_assets', timestamps: { createdAt: true, updatedAt: false }, versionKey: false },
).index({ createdAt: -1, _id: -1 });

export const hostedAssetModel: ModelDefinition = { name: 'HostedAsset', schema: versioned(assetSchema) };

/** Contents of hosted files (GridFS). */
@Injectable()
export class HostedAssetFiles extends FileBucket {
  constructor(pool: DatabasePool) {
    super(pool, 'hosted_asset_files');
  }
}

/** Hosted files, without their contents. All methods throw DependencyUnavailableError if MongoDB is unreachable. */
@Injectable()
export class HostedAssetStore {
  constructor(
    @InjectModel(hostedAssetModel.name) private readonly assets: Model<HostedAsset>,
    private readonly pool: DatabasePool,
  ) {}

  /** @returns whether it is new; an earlier one with the same name stays */
  add(asset: Omit<HostedAsset, 'createdAt'>): Promise<boolean> {
    return this.pool.run('hosted_asset.add', async () => {
      const added = await unlessDuplicate(this.assets.create(asset));
      return added !== null;
    });
  }

  find(id: string): Promise<HostedAsset | null> {
    return this.pool.run('hosted_asset.find', () => this.assets.findById(id).lean<HostedAsset>());
  }

  count(): Promise<number> {
    return this.pool.run('hosted_asset.count', () => this.assets.estimatedDocumentCount());
  }

  list(query: PageQuery): Promise<Page<HostedAsset>> {
    return this.pool.run('hosted_asset.list', () => newestFirst(this.assets, {}, query));
  }

  /** @returns the removed file; null if it did not exist */
  remove(id: string): Promise<HostedAsset | null> {
    return this.pool.run('hosted_asset.remove', () => this.assets.findByIdAndDelete(id).lean<HostedAsset>());
  }
}
