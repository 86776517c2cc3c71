import { z } from 'zod';

/** Text of a page, as Open WebUI's external document loader expects it. */
const loadedText = z.object({
  page_content: z.string(),
  metadata: z.object({
    /** File name as sent. */
    source: z.string().optional(),
    /** Number of the page, slide or sheet, from 0. Absent for formats without pages. */
    page: z.int().min(0).optional(),
  }),
});
export type LoadedText = z.infer<typeof loadedText>;

export const loadedFile = z.array(loadedText);
