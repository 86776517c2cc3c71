export { ConfigError } from './config-error.js';
export { isLoopback } from './exposure.js';
export { configJsonSchema, settingsJsonSchema, type JsonNode } from './json-schema.js';
export { configReference } from './reference.js';
export {
  givenSettings,
  loadConfig,
  loadConfigSnapshot,
  type Config,
  type ConfigSnapshot,
  type LoadOptions,
} from './load-config.js';
export { certificatesIn, readTlsPair, type TlsPair } from './tls-pair.js';
export { documentShares } from './document-shares.js';
export { memoryShares, type MemoryShares } from './memory-shares.js';
export { changedSettings, concerns, watchedSettings, withSettings } from './setting-tree.js';
export { nearest } from './spelling.js';
export { unreadVariables } from './unread-variables.js';
export type { ServiceName } from './service-defaults.js';
