import { serve } from '@slipstream/runtime';
import { create } from './create.js';

await serve('document-worker', create);
