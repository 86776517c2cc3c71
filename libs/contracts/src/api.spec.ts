import { describe, expect, it } from 'vitest';
import { createChat, createUser, pageQuery, postMessage, updateUser } from './index.js';

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

  it.each([
    [createUser, { name: '   ' }],
    [createUser, { name: 'a', extra: 1 }],
    [createUser, { name: 'a', email: 'nobody' }],
    [createChat, { userId: '../x' }],
    [pageQuery, { limit: 101 }],
    [pageQuery, { limit: 1.5 }],
    [postMessage, { content: 'x'.repeat(200_001) }],
  ])('refuses what does not fit (%#)', (schema, value) => expect(schema.safeParse(value).success).toBe(false));
});
