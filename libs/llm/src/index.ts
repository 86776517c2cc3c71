export type { ChatEnd } from './chat-end.js';
export { createModels } from './create-models.js';
export { modelServersOptions, modelsOptions } from './models.options.js';
export { ModelError } from './model-error.js';
export { ModelPool } from './model-pool.js';
export { createOpenAiHandler, type OpenAiHandlerOptions } from './openai/create-openai-handler.js';
