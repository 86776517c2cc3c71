import { start } from '@slipstream/runtime/start';

await start('notification-worker', () => import('./index.js'));
