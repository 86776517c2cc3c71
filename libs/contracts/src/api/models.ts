import { z } from 'zod';

/** A model that at least one healthy backend serves. */
export const model = z.object({ id: z.string(), ownedBy: z.string() });
export type Model = z.infer<typeof model>;
