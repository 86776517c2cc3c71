import { describe, expect, it } from 'vitest';
import { createChat, createUser, pageQuery, postMessage, purgeCache, updateUser } from './index.js';

describe('what the API takes', () => {
  it('fills in what may be left out', () => {
    expect(createChat.parse({ userId: 'u' })).toEqual({ userId: 'u', title: 'New chat' });
    expect(pageQuery.parse({})).toEqual({ limit: 20 });
    expect(pageQuery.parse({ limit: '7' })).toEqual({ limit: 7 });
  });

  it('trims names, and takes an address away by null', () => {
    expect(createUser.parse({ name: '  Ada ' })).toEqual({ name: 'Ada' });
    expect(updateUser.parse({ email: null })).toEqual({ email: null });
  });

  it.each(['user:1', 'chat:42', 'model:llama3:8b', 'document:d-1'])('purges the entity %s', (entity) => {
    expect(purgeCache.parse({ entity })).toEqual({ entity, soft: false });
  });

  it.each([
    [createUser, { name: '   ' }],
    [createUser, { name: 'a', extra: 1 }],
    [createUser, { name: 'a', email: 'nobody' }],
    [createChat, { userId: '../x' }],
    [pageQuery, { limit: 101 }],
    [pageQuery, { limit: 1.5 }],
    [postMessage, { content: 'x'.repeat(200_001) }],
    [purgeCache, { entity: 'chats:42' }],
    [purgeCache, { entity: 'chat:' }],
    [purgeCache, { url: '/a', tag: 'b' }],
    [purgeCache, {}],
  ])('refuses what does not fit (%#)', (schema, value) => expect(schema.safeParse(value).success).toBe(false));
});
