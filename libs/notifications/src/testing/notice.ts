import { randomUUID } from 'node:crypto';
import type { Notice } from '../channel.port.js';

export const notice = (over: Partial<Notice> = {}): Notice => ({
  id: randomUUID(),
  userId: 'ada',
  kind: 'message',
  title: 'Done',
  text: 'The import is done.',
  html: '<p>The import is done.</p>',
  createdAt: new Date('2026-11-21T10:00:00Z'),
  ...over,
});
