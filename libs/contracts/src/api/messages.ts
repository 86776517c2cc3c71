import { z } from 'zod';
import { modelName } from './chats.js';
import { citation } from './documents.js';
import { lane } from './queues.js';
import { id, resource } from './resource.js';

const messageRole = z.enum(['user', 'assistant']);

/**
 * `complete`: the whole text. `incomplete`: the model stopped early, failed (`finishReason` contains the reason if the
 * server sent one), or declined. `cancelled`: the user stopped it. The text is the part that was generated.
 */
const messageState = z.enum(['complete', 'incomplete', 'cancelled']);
export type MessageState = z.infer<typeof messageState>;

export const message = resource.extend({
  chatId: id,
  jobId: id,
  role: messageRole,
  content: z.string(),
  state: messageState,
  /** The model of an answer. */
  model: modelName.optional(),
  /**
   * The finish reason of an answer, as the model server sent it (`stop`, `length`, `content_filter`, …), or `refusal`.
   * Absent if the server sent none.
   */
  finishReason: z.string().optional(),
  /** Passages of documents that the model got with the question of this answer. */
  citations: z.array(citation).optional(),
});
export type Message = z.infer<typeof message>;

/** Longest message that a user may send, in UTF-16 code units. */
const MAX_CONTENT_LENGTH = 200_000;

export const postMessage = z.strictObject({
  content: z.string().min(1).max(MAX_CONTENT_LENGTH),
  model: modelName.optional(),
  lane: lane
    .optional()
    .describe(
      'background: processed after interactive messages, for answers without a waiting user. Default: interactive.',
    ),
  deadline: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Deadline of the answer. A generation that did not start before it fails with deadline_passed.'),
  documentIds: z
    .array(id)
    .min(1)
    .max(20)
    .optional()
    .describe('Ready documents of the user of the chat. Their best passages for the question are sent to the model.'),
  notify: z
    .boolean()
    .default(false)
    .describe('Whether the user is notified when the answer is complete or has failed.'),
});
export type PostMessage = z.infer<typeof postMessage>;

/** Answer 202: the generation is stored and will run. `eventsUrl` is a path on the same host. */
export const messageAccepted = z.object({ messageId: id, jobId: id, eventsUrl: z.string() });
export type MessageAccepted = z.infer<typeof messageAccepted>;
