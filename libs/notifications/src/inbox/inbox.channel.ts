import type { Channel, Notice } from '../channel.port.js';

/** The store of inboxes; the app binds it. */
export interface InboxPort {
  /** Puts a notice into the inbox of its user, once, for any number of calls. */
  put(notice: Notice): Promise<void>;
}

/** Puts notices into the inbox of the native API. */
export class InboxChannel implements Channel {
  constructor(private readonly inbox: InboxPort) {}

  deliver(notice: Notice): Promise<void> {
    return this.inbox.put(notice);
  }
}
