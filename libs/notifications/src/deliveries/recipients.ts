import type { Recipient } from '../channel.port.js';
import type { NotificationPreferenceStore } from '../notification-preference.store.js';

/** The accounts of users, which may have an address. */
interface Accounts {
  find(userId: string): Promise<{ email?: string } | null | undefined>;
}

/** Contact data of users: their preferences, otherwise the address of their account. */
export class Recipients {
  constructor(
    private readonly accounts: Accounts,
    private readonly preferences: Pick<NotificationPreferenceStore, 'find'>,
  ) {}

  async find(userId: string): Promise<Recipient> {
    const { email, webhook } = await this.preferences.find(userId);
    return {
      email: email ?? (await this.accounts.find(userId))?.email,
      ...(webhook?.secret && { webhook: { url: webhook.url, secret: webhook.secret } }),
    };
  }
}
