export { chatStoresOn } from './chat-stores-on.js';
