import type { Channel, Notice } from '../channel.port.js';

/** Where inboxes are kept; the app binds it. */
export interface InboxPort {
  /** Puts a notice into its person's inbox, once, however often it is called. */
  put(notice: Notice): Promise<void>;
}

/** Puts notices into the inbox that the native API shows. */
export class InboxChannel implements Channel {
  constructor(private readonly inbox: InboxPort) {}

  deliver(notice: Notice): Promise<void> {
    return this.inbox.put(notice);
  }
}
