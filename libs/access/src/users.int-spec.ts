import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConflictError } from '@slipstream/contracts';
import { modelOn, ownDatabase } from '@slipstream/mongo/testing';
import { userModel } from './user.schema.js';
import { UserStore } from './user.store.js';

const pool = ownDatabase('users');
const users = new UserStore(modelOn(pool, userModel), pool);

describe('UserStore', () => {
  it('reads back what was written, and removes what was unset', async () => {
    const made = await users.create({ id: randomUUID() }, { name: 'Ada', email: 'ada@example.org' });
    expect(await users.find(made.id)).toEqual(made);
    expect(await users.existing(['nobody', made.id, made.id])).toEqual([made.id]);
    expect(await users.update(made.id, { email: null })).not.toHaveProperty('email');
    expect(await users.delete(made.id)).toBe(true);
    expect(await users.delete(made.id)).toBe(false);
    expect(await users.find(made.id)).toBeNull();
  });

  it('creates once under one identity, and refuses another body', async () => {
    const identity = { id: randomUUID(), requestHash: 'a' };
    const [one, two] = await Promise.all([
      users.create(identity, { name: 'Once' }),
      users.create(identity, { name: 'Once' }),
    ]);
    expect(one).toEqual(two);
    await expect(users.create({ ...identity, requestHash: 'b' }, { name: 'Other' })).rejects.toThrow(ConflictError);
  });
});
