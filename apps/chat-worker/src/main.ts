import { start } from '@slipstream/runtime/start';

await start('chat-worker', () => import('./with-models.js'));
