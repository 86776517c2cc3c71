export type { ChatEnd } from './chat-end.js';
export { createModels } from './create-models.js';
export type { Logger } from './logger.port.js';
export { modelServersOptions, modelsOptions } from './models.options.js';
export type { DependencyMetrics } from './metrics.port.js';
export { ModelError, type ModelErrorCode } from './model-error.js';
export {
  ModelPool,
  type ChatTurn,
  type ModelCall,
  type ModelPoolOptions,
  type ModelServers,
  type StreamChatOptions,
} from './model-pool.js';
export type { ModelBackendOptions } from './model-backend.js';
export { createOpenAiHandler, type OpenAiHandler, type OpenAiHandlerOptions } from './openai/create-openai-handler.js';
export type { CallContext } from './openai/request-headers.js';
