import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Chat, ChatQuery, CreateChat, Page, UpdateChat } from '@slipstream/contracts';
import { DatabasePool, insertOnce, newestFirst, type CreateIdentity, type Model } from '@slipstream/mongo';
import { chatModel, type ChatDocument } from './chat.schema.js';

/** Chats, as in the API. The job store contains their messages. */
@Injectable()
export class ChatStore {
  constructor(
    @InjectModel(chatModel.name) private readonly chats: Model<ChatDocument>,
    private readonly pool: DatabasePool,
  ) {}

  create(identity: CreateIdentity, input: CreateChat): Promise<Chat> {
    const document = { _id: identity.id, requestHash: identity.requestHash, ...input };
    return this.pool.run('chat.create', async () => toChat(await insertOnce(this.chats, document)));
  }

  find(id: string): Promise<Chat | null> {
    return this.pool.run('chat.find', async () => {
      const found = await this.chats.findById(id).lean<ChatDocument>();
      return found && toChat(found);
    });
  }

  list({ userId, ...query }: ChatQuery): Promise<Page<Chat>> {
    return this.pool.run('chat.list', async () => {
      const page = await newestFirst(this.chats, { userId }, query);
      return { ...page, items: page.items.map(toChat) };
    });
  }

  /** @returns null if the chat does not exist */
  update(id: string, { title, model }: UpdateChat): Promise<Chat | null> {
    const change = {
      $set: { ...(title && { title }), ...(model && { model }) },
      ...(model === null && { $unset: { model: 1 } }),
    };
    return this.pool.run('chat.update', async () => {
      const updated = await this.chats.findByIdAndUpdate(id, change, { returnDocument: 'after' }).lean<ChatDocument>();
      return updated && toChat(updated);
    });
  }

  /** @returns whether the chat existed */
  delete(id: string): Promise<boolean> {
    return this.pool.run('chat.delete', async () => (await this.chats.deleteOne({ _id: id })).deletedCount === 1);
  }

  /** Returns the ids of all chats of a user, oldest first, in slices of at most `limit`. */
  idsOf(userId: string, limit: number): Promise<string[]> {
    return this.pool.run('chat.ids', async () => {
      const found = await this.chats
        .find({ userId }, { _id: 1 })
        .sort({ createdAt: 1 })
        .limit(limit)
        .lean<{ _id: string }[]>();
      return found.map(({ _id }) => _id);
    });
  }
}

const toChat = ({ _id, userId, title, model, createdAt, updatedAt }: ChatDocument): Chat => ({
  id: _id,
  userId,
  title,
  ...(model && { model }),
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
