import { start } from '@slipstream/runtime/start';

await start('standalone', () => import('./all-services.js'));
