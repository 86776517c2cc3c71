import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { CreateUser, Page, PageQuery, UpdateUser, User } from '@slipstream/contracts';
import { DatabasePool, insertOnce, newestFirst, type CreateIdentity, type Model } from '@slipstream/mongo';
import { userModel, type UserDocument } from './user.schema.js';

const EXISTENCE_SECONDS = 60;

/** Users, as in the API. */
@Injectable()
export class UserStore {
  constructor(
    @InjectModel(userModel.name) private readonly users: Model<UserDocument>,
    private readonly pool: DatabasePool,
  ) {}

  create(identity: CreateIdentity, input: CreateUser): Promise<User> {
    const document = { _id: identity.id, requestHash: identity.requestHash, ...input };
    return this.pool.run('user.create', async () => toUser(await insertOnce(this.users, document)));
  }

  find(id: string): Promise<User | null> {
    return this.pool.run('user.find', async () => {
      const found = await this.users.findById(id).lean<UserDocument>();
      return found && toUser(found);
    });
  }

  /** Returns the ids that belong to users, in no particular order. Cached: services notify the same users often. */
  existing(ids: readonly string[]): Promise<string[]> {
    const cached = { collection: 'users', name: 'existing', values: ids, ids, ttlSeconds: EXISTENCE_SECONDS };
    return this.pool.queryCache.query(cached, () =>
      this.pool.run('user.existing', async () => {
        const found = await this.users.find({ _id: { $in: ids } }, { _id: 1 }).lean<{ _id: string }[]>();
        return found.map(({ _id }) => _id);
      }),
    );
  }

  list(query: PageQuery): Promise<Page<User>> {
    return this.pool.run('user.list', async () => {
      const page = await newestFirst(this.users, {}, query);
      return { ...page, items: page.items.map(toUser) };
    });
  }

  /** @returns null if the user does not exist */
  update(id: string, { name, email }: UpdateUser): Promise<User | null> {
    const change = {
      $set: { ...(name && { name }), ...(email && { email }) },
      ...(email === null && { $unset: { email: 1 } }),
    };
    return this.pool.run('user.update', async () => {
      const updated = await this.users.findByIdAndUpdate(id, change, { returnDocument: 'after' }).lean<UserDocument>();
      return updated && toUser(updated);
    });
  }

  /** @returns whether the user existed */
  delete(id: string): Promise<boolean> {
    return this.pool.run('user.delete', async () => (await this.users.deleteOne({ _id: id })).deletedCount === 1);
  }
}

const toUser = ({ _id, name, email, createdAt, updatedAt }: UserDocument): User => ({
  id: _id,
  name,
  ...(email && { email }),
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
