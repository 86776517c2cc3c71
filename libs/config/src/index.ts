export { ConfigError } from './config-error.js';
export { readConfigFile } from './config-file.js';
export { isLoopback } from './exposure.js';
export { configJsonSchema, type JsonNode } from './json-schema.js';
export { configReference } from './reference.js';
export { loadConfig, type Config, type LoadOptions } from './load-config.js';
export { certificatesIn, readTlsPair, type TlsPair } from './tls-pair.js';
export { unreadVariables } from './unread-variables.js';
export type { ServiceName } from './service-defaults.js';
