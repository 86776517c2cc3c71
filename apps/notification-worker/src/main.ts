import { serve } from '@slipstream/runtime';
import { create } from './create.js';
import { needs } from './needs.js';

await serve('notification-worker', needs, create);
