export type { ChatEnd } from './chat-end.js';
export { ModelError } from './model-error.js';
export { ModelPool } from './model-pool.js';
export { openModels } from './open-models.js';
export { createOpenAiHandler, type OpenAiHandlerOptions } from './openai/create-openai-handler.js';
