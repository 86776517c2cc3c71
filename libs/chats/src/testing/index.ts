export { answerOf } from '../turn-messages.js';
export { chatStoresOn } from './chat-stores-on.js';
