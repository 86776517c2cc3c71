/** What is cached, of two sizes. */
export const VALUES = {
  'a user': {
    id: '01a2b3c4',
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    createdAt: '2026-11-21T10:00:00.000Z',
    updatedAt: '2026-11-21T10:00:00.000Z',
  },
  'a list of 30 chats': {
    items: Array.from({ length: 30 }, (_, i) => ({
      id: `chat-${i}`,
      userId: '01a2b3c4',
      title: `What was said on day ${i}`,
      model: 'demo-echo',
      createdAt: '2026-11-21T10:00:00.000Z',
      updatedAt: '2026-11-21T10:00:00.000Z',
    })),
    nextCursor: 'eyJpZCI6ImNoYXQtMzAifQ',
  },
};
