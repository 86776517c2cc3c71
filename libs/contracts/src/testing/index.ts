export { superLinearInput } from './growth.js';
