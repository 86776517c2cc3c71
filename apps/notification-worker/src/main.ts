import { serve } from '@slipstream/runtime';
import { create } from './create.js';

await serve('notification-worker', create);
