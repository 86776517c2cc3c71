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

/**
 * Content of web.overlayFile. The copy of a gateway with MongoDB is a list without a version. A gateway reads either,
 * so that `web.overlayStore` can be changed.
 */
export const overlayFileSchema = z.union([
  z.array(z.unknown()).transform((overrides) => ({ version: 1, overrides })),
  z.object({ version: z.int().positive(), overrides: z.unknown() }),
]);
