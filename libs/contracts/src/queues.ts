import { z } from 'zod';
import { notificationChannel } from './api/notifications.js';
import { SlipstreamError } from './errors/slipstream-error.js';

/** The queues. */
export const QUEUE_NAMES = ['chat_queue', 'document_queue', 'notification_queue'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/** A value per queue. */
export const perQueue = <T>(make: (queue: QueueName) => T): Record<QueueName, T> => ({
  chat_queue: make('chat_queue'),
  document_queue: make('document_queue'),
  notification_queue: make('notification_queue'),
});

/**
 * The lanes of every queue, in the order of consumption: `interactive` for work with a waiting user, `background` for
 * the rest.
 */
export const LANES = ['interactive', 'background'] as const;
export type Lane = (typeof LANES)[number];

/** A queue that is not one of {@link QUEUE_NAMES}. */
export class InvalidQueueError extends SlipstreamError {
  constructor(name: string) {
    super('invalid_queue', `Queue '${name}' does not exist; the queues are ${QUEUE_NAMES.join(', ')}.`, {
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
 * Wakes a notification-worker: this delivery of the notification is due. `userId`, its recipient, is absent in messages
 * of older senders.
 */
const notificationDeliver = z.object({
  notificationId: z.string().min(1),
  channel: notificationChannel,
  userId: z.string().min(1).optional(),
});
export type NotificationDeliver = z.infer<typeof notificationDeliver>;

/** Wakes a document-worker: this document, stored in MongoDB, is to be ingested or removed. */
const documentProcess = z.object({ documentId: z.string().min(1) });
export type DocumentProcess = z.infer<typeof documentProcess>;

/** The schema of each message type's payload. Consumers reject other types. */
export const MESSAGE_SCHEMAS = {
  'chat.generate': chatGenerate,
  'document.process': documentProcess,
  'notification.dispatch': notificationDispatch,
  'notification.deliver': notificationDeliver,
} as const;
export type MessageType = keyof typeof MESSAGE_SCHEMAS;

/** Version of the payload schemas, in every message. */
export const MESSAGE_SCHEMA_VERSION = 1;
