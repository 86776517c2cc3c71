import type { InboxNotification } from './api/notifications.js';

/** The event of `GET /users/{id}/notifications/events`: one for each notification that reaches the inbox. */
export interface InboxEvent {
  type: 'notification';
  notification: InboxNotification;
}
