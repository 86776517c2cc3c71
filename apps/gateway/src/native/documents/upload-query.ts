import { lane } from '@slipstream/contracts';
import { z } from 'zod';

/** Query of an upload. */
export const uploadQuery = z.strictObject({
  name: z.string().max(2_000).optional().describe('Name of the file. Default: as the multipart body names it.'),
  lane: lane
    .optional()
    .describe('background: for bulk imports, which come after single uploads. Default: interactive.'),
});
export type UploadQuery = z.infer<typeof uploadQuery>;
