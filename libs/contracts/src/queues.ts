import { z } from 'zod';
import { notificationChannel } from './api/notifications.js';
import { SlipstreamError } from './errors/slipstream-error.js';

/** The queues of the house, by the specification's names. */
export const QUEUE_NAMES = ['chat_queue', 'document_queue', 'notification_queue'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/** Something for each queue. */
export const perQueue = <T>(make: (queue: QueueName) => T): Record<QueueName, T> => ({
  chat_queue: make('chat_queue'),
  document_queue: make('document_queue'),
  notification_queue: make('notification_queue'),
});

/**
 * The lanes of every queue, in the order in which consumers take from them: `interactive` is what a person waits for,
 * `background` is the rest.
 */
export const LANES = ['interactive', 'background'] as const;
export type Lane = (typeof LANES)[number];

/** Raised when a message is published to, or consumed from, a queue that is not one of {@link QUEUE_NAMES}. */
export class InvalidQueueError extends SlipstreamError {
  constructor(name: string) {
    super('invalid_queue', `There is no queue '${name}'; the queues are ${QUEUE_NAMES.join(', ')}.`, {
      context: { name },
    });
  }
}

/** @throws InvalidQueueError */
export function assertQueueName(name: string): asserts name is QueueName {
  if (!(QUEUE_NAMES as readonly string[]).includes(name)) throw new InvalidQueueError(name);
}

/** Wakes a chat-worker: there is an open job in this chat. The job itself is in MongoDB. */
const chatGenerate = z.object({ jobId: z.string().min(1), chatId: z.string().min(1) });
export type ChatGenerate = z.infer<typeof chatGenerate>;

/** Wakes a notification-worker: this notification is to be sent on its ways. It itself is in MongoDB. */
const notificationDispatch = z.object({ notificationId: z.string().min(1) });
export type NotificationDispatch = z.infer<typeof notificationDispatch>;

/**
 * Wakes a notification-worker: this notification is to be delivered on this way. `userId`, whose it is, is absent in
 * messages of older senders.
 */
const notificationDeliver = z.object({
  notificationId: z.string().min(1),
  channel: notificationChannel,
  userId: z.string().min(1).optional(),
});
export type NotificationDeliver = z.infer<typeof notificationDeliver>;

/** Wakes a document-worker: this document is to be ingested or removed. The document itself is in MongoDB. */
export const documentProcess = z.object({ documentId: z.string().min(1) });
export type DocumentProcess = z.infer<typeof documentProcess>;

/** Message types and the schema of each one's payload; a consumer refuses what is not listed here. */
export const MESSAGE_SCHEMAS = {
  'chat.generate': chatGenerate,
  'document.process': documentProcess,
  'notification.dispatch': notificationDispatch,
  'notification.deliver': notificationDeliver,
} as const;
export type MessageType = keyof typeof MESSAGE_SCHEMAS;

/** The version of the payload schemas, carried by every message. */
export const MESSAGE_SCHEMA_VERSION = 1;
