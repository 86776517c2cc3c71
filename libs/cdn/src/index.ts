export type { AssetClass } from './answer-head.js';
export { CDNManager, type CDNManagerOptions } from './cdn-manager.js';
