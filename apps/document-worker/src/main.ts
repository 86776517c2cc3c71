import { start } from '@slipstream/runtime/start';

await start('document-worker', () => import('./with-models.js'));
