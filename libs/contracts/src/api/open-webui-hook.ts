import { z } from 'zod';

/**
 * What Open WebUI posts to `WEBHOOK_URL` and to a person's own webhook: a new sign-up, an answer or a channel message
 * that nobody was there to see. It has more fields than these, and may get more still.
 */
export const openWebuiEvent = z.object({
  action: z.string().min(1).max(100),
  message: z.string().transform((text) => text.slice(0, 10_000)),
  title: z
    .string()
    .transform((text) => text.slice(0, 500))
    .optional(),
  url: z.string().max(2048).optional(),
});
export type OpenWebuiEvent = z.infer<typeof openWebuiEvent>;

/** Answer 202: how many people it was passed on to. */
export const hookAccepted = z.object({ recipients: z.int().min(0) });
export type HookAccepted = z.infer<typeof hookAccepted>;

/** Last part of a hook's path. */
export const hookSecret = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{16,256}$/, 'must be 16 to 256 letters, digits, ., _, ~ or -');
