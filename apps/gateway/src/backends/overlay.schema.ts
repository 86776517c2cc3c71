import { addBackend } from '@slipstream/contracts';
import { z } from 'zod';

/** What was changed of a pool's backends, as it is stored: with the bounds that the admin API has. */
export const overlaySchema = z
  .array(
    addBackend.extend({
      isDraining: z.boolean().optional(),
      isAdded: z.boolean().optional(),
      isRemoved: z.boolean().optional(),
    }),
  )
  .max(1000);
