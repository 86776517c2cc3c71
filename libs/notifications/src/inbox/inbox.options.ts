import type { Config } from '@slipstream/config';
import type { InboxOptions } from './inbox.store.js';

const DAY_MS = 86_400_000;

export const inboxOptions = ({ notifications }: Config): Required<InboxOptions> => ({
  retentionMs: notifications.inboxRetentionDays * DAY_MS,
});
