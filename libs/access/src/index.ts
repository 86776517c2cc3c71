export { AccessModule } from './access.module.js';
export { AccessError } from './access-error.js';
export { Authenticator, type ConfiguredKey } from './authenticator.js';
export { secretHash } from './secret-hash.js';
export { isStillOwned } from './still-owned.js';
export { UserStore } from './user.store.js';
