import { z } from 'zod';

/**
 * Body that Open WebUI posts to `WEBHOOK_URL` and to a user's own webhook: a sign-up, or an answer or channel message
 * that the user missed. It has more fields than these, and may get further ones.
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

/** Answer 202: number of notified users. */
export const hookAccepted = z.object({ recipients: z.int().min(0) });
export type HookAccepted = z.infer<typeof hookAccepted>;

/** Secret at the end of a hook's path. */
export const hookSecret = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{16,256}$/, 'must be 16 to 256 letters, digits, ., _, ~ or -');
