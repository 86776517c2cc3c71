import { start } from '@slipstream/runtime/start';

await start('gateway', () => import('./with-models.js'));
