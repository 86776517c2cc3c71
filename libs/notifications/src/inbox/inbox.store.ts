import { Inject, Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { InboxNotification, InboxQuery, Page } from '@slipstream/contracts';
import { DatabasePool, inNextPlace, newestFirst, unlessDuplicate, type Model } from '@slipstream/mongo';
import { inboxModel, type InboxDocument } from './inbox.schema.js';

/** A notification that arrives in an inbox. */
export interface InboxArrival {
  id: string;
  userId: string;
  kind: string;
  title: string;
  text: string;
  url?: string;
}

/** A notification, and its place in its inbox, which counts from 1 without gaps. */
export interface InboxEntry {
  sequence: number;
  notification: InboxNotification;
}

/** Injection token of {@link InboxOptions}. */
export const INBOX_OPTIONS = Symbol('inbox options');

export interface InboxOptions {
  /** Time for which a notification is kept after the next one for its user arrived. Default 90 days. */
  retentionMs?: number;
}

const DAY_MS = 86_400_000;
const CONTENDED = {
  code: 'inbox_contended',
  message: 'Too many notifications arrived for this user at the same time; try again.',
} as const;

/**
 * The inboxes of users. A unique index assigns each place, so a client that has read up to a place has missed no
 * earlier notification.
 */
@Injectable()
export class InboxStore {
  private readonly retentionMs: number;

  constructor(
    @InjectModel(inboxModel.name) private readonly inbox: Model<InboxDocument>,
    private readonly pool: DatabasePool,
    @Inject(INBOX_OPTIONS) { retentionMs = 90 * DAY_MS }: InboxOptions = {},
  ) {
    this.retentionMs = retentionMs;
  }

  /**
   * Puts a notification at the next place of the inbox, once, for any number of calls.
   * @throws ConflictError `inbox_contended` if too many arrive for one user at the same time
   */
  async put(arrival: InboxArrival): Promise<InboxEntry> {
    const stored = await inNextPlace(() => this.pool.run('inbox.put', () => this.tryPut(arrival)), CONTENDED);
    await this.pool.run('inbox.expire', () => this.expireBefore(stored));
    return toEntry(stored);
  }

  /** Returns the notifications after a place, oldest first, at most `limit`. */
  after(userId: string, sequence: number, limit: number): Promise<InboxEntry[]> {
    return this.pool.run('inbox.after', async () => {
      const found = await this.inbox
        .find({ userId, sequence: { $gt: sequence } })
        .sort({ sequence: 1 })
        .limit(limit)
        .lean<InboxDocument[]>();
      return found.map(toEntry);
    });
  }

  /** Returns the place of the newest one; 0 for an empty inbox. */
  newestPlace(userId: string): Promise<number> {
    return this.pool.run('inbox.newest', async () => {
      const newest = await this.inbox
        .findOne({ userId }, { sequence: 1 })
        .sort({ sequence: -1 })
        .lean<{ sequence: number }>();
      return newest?.sequence ?? 0;
    });
  }

  /** @param query `unread`: only unread ones (`true`), or only read ones (`false`) */
  list(userId: string, { unread, ...query }: InboxQuery): Promise<Page<InboxNotification>> {
    return this.pool.run('inbox.list', async () => {
      const page = await newestFirst(this.inbox, { userId, ...(unread && { isRead: unread === 'false' }) }, query);
      return { ...page, items: page.items.map(toNotification) };
    });
  }

  /** @returns null if the user has no such notification */
  mark(userId: string, id: string, isRead: boolean): Promise<InboxNotification | null> {
    return this.pool.run('inbox.mark', async () => {
      const marked = await this.inbox
        .findOneAndUpdate({ _id: id, userId }, { $set: { isRead } }, { returnDocument: 'after' })
        .lean<InboxDocument>();
      return marked && toNotification(marked);
    });
  }

  async deleteOf(userId: string): Promise<void> {
    await this.pool.run('inbox.delete', () => this.inbox.deleteMany({ userId }));
  }

  private async tryPut({ id, ...arrival }: InboxArrival): Promise<InboxDocument | null> {
    const there = await this.inbox.findById(id).lean<InboxDocument>();
    if (there) return there;
    const last = await this.inbox
      .findOne({ userId: arrival.userId }, { sequence: 1 })
      .sort({ sequence: -1 })
      .lean<{ sequence: number }>();
    const stored = await unlessDuplicate(
      this.inbox.create({ _id: id, ...arrival, isRead: false, sequence: (last?.sequence ?? 0) + 1 }),
    );
    return stored && stored.toObject();
  }

  /**
   * The preceding one may now expire. Set at every put, so that a process that ends in between leaves none without an
   * expiry.
   */
  private async expireBefore({ userId, sequence }: InboxDocument): Promise<void> {
    const expiresAt = new Date(this.pool.clock.now() + this.retentionMs);
    await this.inbox.updateOne(
      { userId, sequence: sequence - 1, expiresAt: null },
      { $set: { expiresAt } },
      { timestamps: false },
    );
  }
}

const toEntry = (document: InboxDocument): InboxEntry => ({
  sequence: document.sequence,
  notification: toNotification(document),
});

const toNotification = ({
  _id,
  kind,
  title,
  text,
  url,
  isRead,
  createdAt,
  updatedAt,
}: InboxDocument): InboxNotification => ({
  id: _id,
  kind,
  title,
  text,
  ...(url && { url }),
  isRead,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
