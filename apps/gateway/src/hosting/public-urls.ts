import { CDNManager, UrlSigner } from '@slipstream/cdn';
import type { Config } from '@slipstream/config';
import { cdnOptions, signingOptions } from '../cdn/cdn.options.js';
import type { Edge } from '../cdn/edge.js';
import type { PublicUrls } from './hosting.providers.js';

/** @param edge absent: no network is in front */
export function publicUrls(config: Config, edge: Edge | undefined): PublicUrls {
  const signing = signingOptions(config);
  return {
    cdn: new CDNManager(cdnOptions(config)),
    signer: signing && new UrlSigner(signing),
    onRemoved: (url) => edge?.purges?.purge({ type: 'url', url }, { sharesTag: () => false }),
  };
}
