import type { UserStore } from '@slipstream/access';
import type { NotificationPreferenceStore, Recipient } from '@slipstream/notifications';

/** Contact data of users: their preferences, otherwise their own address. */
export class Recipients {
  constructor(
    private readonly users: Pick<UserStore, 'find'>,
    private readonly preferences: Pick<NotificationPreferenceStore, 'find'>,
  ) {}

  async find(userId: string): Promise<Recipient> {
    const { email, webhook } = await this.preferences.find(userId);
    return {
      email: email ?? (await this.users.find(userId))?.email,
      ...(webhook?.secret && { webhook: { url: webhook.url, secret: webhook.secret } }),
    };
  }
}
