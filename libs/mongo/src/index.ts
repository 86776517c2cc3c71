export { BackendOverlayStore, type StoredOverlay } from './backend-overlay.store.js';
export { closingEvents, finalEventIdAfter } from './closing-events.js';
export { ChatStore } from './chat.store.js';
export { DatabasePool, type DatabasePoolOptions } from './database-pool.js';
export { answerOf, historyPage, messagesOf, toJob } from './history.js';
export type { CreateIdentity } from './idempotency.js';
export type { JobDocument } from './job.schema.js';
export { JobStore, type Claim, type JobEnd, type NewTurn } from './job.store.js';
export { UserStore } from './user.store.js';
