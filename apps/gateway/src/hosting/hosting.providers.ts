import type { Provider } from '@nestjs/common';
import type { CDNManager, UrlSigner } from '@slipstream/cdn';
import type { Stores } from '@slipstream/runtime';
import { AssetUrls } from './asset-urls.js';
import { HostedAssetFiles, HostedAssetStore } from './hosted-asset.store.js';
import { HostedAssets, type HostedAssetLimits } from './hosted-assets.js';

/** Where the URLs of files lead, and what signs them. */
export interface PublicUrls {
  cdn: CDNManager;
  /** Absent: no URL is signed. */
  signer?: UrlSigner;
  /** Called after a hosted file was removed, with the path of its URL. */
  onRemoved?: (path: string) => void;
}

/** Dependencies of the routes of hosted files. */
export interface HostingPorts {
  stores: Stores;
  hostedAssetLimits: HostedAssetLimits;
  urls: PublicUrls;
}

export function hostingProviders({ stores: { database }, hostedAssetLimits, urls }: HostingPorts): Provider[] {
  const store = database.get(HostedAssetStore);
  const files = database.get(HostedAssetFiles);
  return [
    {
      provide: HostedAssets,
      useValue: new HostedAssets({ store, files, onRemoved: urls.onRemoved }, hostedAssetLimits),
    },
    { provide: AssetUrls, useValue: new AssetUrls(urls.cdn, urls.signer) },
  ];
}
