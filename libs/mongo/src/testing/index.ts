export { ownDatabase } from './own-database.js';
