import { isStillOwned, type UserStore } from '@slipstream/access';
import { messageOf } from '@slipstream/contracts';
import { inboxLogOf, type EventLog } from '@slipstream/events';
import type { InboxPort, InboxStore, Notice } from '@slipstream/notifications';
import type { Logger } from '@slipstream/telemetry';

/** Stores notices in the inbox, then publishes them to its subscribers. */
export class LiveInbox implements InboxPort {
  constructor(
    private readonly inbox: Pick<InboxStore, 'put' | 'deleteOf'>,
    private readonly users: Pick<UserStore, 'existing'>,
    private readonly log: Pick<EventLog, 'append'>,
    private readonly logger: Logger,
  ) {}

  async put({ id, userId, kind, title, text, url }: Notice): Promise<void> {
    const { sequence, notification } = await this.inbox.put({ id, userId, kind, title, text, ...(url && { url }) });
    if (!(await isStillOwned(this.users, userId, this.inbox))) return;
    try {
      await this.log.append(inboxLogOf(userId, sequence), [
        { id: { fence: 1, sequence }, event: { type: 'notification', notification } },
      ]);
    } catch (error) {
      // It is stored in the inbox, which subscribers poll; a later one may have been published before it.
      this.logger.debug(
        { notificationId: id, reason: messageOf(error) },
        'new notification not published; subscribers receive it a little later',
      );
    }
  }
}
