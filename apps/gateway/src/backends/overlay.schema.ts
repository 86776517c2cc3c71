import { addBackend } from '@slipstream/contracts';
import { z } from 'zod';

/** The stored changes of a pool's backends, with the limits of the admin API. */
export const overlaySchema = z
  .array(
    addBackend.extend({
      isDraining: z.boolean().optional(),
      isAdded: z.boolean().optional(),
      isRemoved: z.boolean().optional(),
    }),
  )
  .max(1000);
