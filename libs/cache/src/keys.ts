/** Key of a cached object, by the specification's patterns. */
export type CacheKey =
  | `user:${string}`
  | `chat:${string}`
  | `model:${string}`
  | `document:${string}`
  | 'user_list'
  | `chat_list:${string}`
  | 'document_list'
  | `document_list:${string}`
  | `query:${string}`;

/** The part of a key before its id: a small, fixed set for a metric's label. */
export type CachePattern = CacheKey extends infer Key
  ? Key extends `${infer Pattern}:${string}`
    ? Pattern
    : Key
  : never;

/** Creates keys. An id may contain any character. */
export const keys = {
  user: (userId: string): CacheKey => `user:${userId}`,
  chat: (chatId: string): CacheKey => `chat:${chatId}`,
  model: (modelId: string): CacheKey => `model:${modelId}`,
  document: (documentId: string): CacheKey => `document:${documentId}`,
  userList: 'user_list',
  chatList: (userId: string): CacheKey => `chat_list:${userId}`,
  /** Of all users. */
  documentList: 'document_list',
  /** The result of a database query. */
  query: (query: string): CacheKey => `query:${query}`,
  documentListOf: (userId: string): CacheKey => `document_list:${userId}`,
} as const;

export const patternOf = (key: CacheKey): CachePattern => key.split(':', 1)[0] as CachePattern;
