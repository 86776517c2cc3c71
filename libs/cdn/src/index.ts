export type { AssetClass } from './answer-head.js';
export { CDNManager, type CDNManagerOptions } from './cdn-manager.js';
export { UrlSigner, type SignedUrl } from './url-signer.js';
