import { z } from 'zod';
import { inboxNotification } from './api/notifications.js';

/**
 * What a reader of `GET /users/{id}/notifications/events` is told: one event for each notification that reaches the
 * inbox.
 */
export const inboxEvent = z.object({ type: z.literal('notification'), notification: inboxNotification });
export type InboxEvent = z.infer<typeof inboxEvent>;
