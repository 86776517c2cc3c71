export type { AssetClass } from './answer-head.js';
export { CDNManager, type CDNManagerOptions } from './cdn-manager.js';
export { UrlSigner, type SignedUrl } from './url-signer.js';
export { edgeTag } from './edge-tags.js';
export type { EdgePurge, PurgeDriver } from './purge/purge-driver.port.js';
export { CloudflareDriver } from './purge/drivers/cloudflare.driver.js';
export { FastlyDriver } from './purge/drivers/fastly.driver.js';
export { MethodDriver } from './purge/drivers/method.driver.js';
export { PurgeQueue, type PurgeQueueStatus } from './purge/purge-queue.js';
