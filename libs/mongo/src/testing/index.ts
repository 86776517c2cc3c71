export { ownDatabase } from './own-database.js';
export { SetClock } from './set-clock.js';
