import { z } from 'zod';
import { modelName } from './chats.js';
import { lane } from './queues.js';
import { id, resource } from './resource.js';

const messageRole = z.enum(['user', 'assistant']);

/**
 * `complete`: the whole text. `incomplete`: the model stopped or failed on the way (`finishReason` says how, if it said
 * so), or declined to answer. `cancelled`: the user stopped it. The text is what was generated until then.
 */
const messageState = z.enum(['complete', 'incomplete', 'cancelled']);
export type MessageState = z.infer<typeof messageState>;

export const message = resource.extend({
  chatId: id,
  jobId: id,
  role: messageRole,
  content: z.string(),
  state: messageState,
  /** The model that wrote it; on answers only. */
  model: modelName.optional(),
  /**
   * How the model ended it, as its server put it (`stop`, `length`, `content_filter`, …), or `refusal`; on answers
   * only, absent when the server did not say.
   */
  finishReason: z.string().optional(),
});
export type Message = z.infer<typeof message>;

/** Longest message that a person may send, in UTF-16 code units. */
const MAX_CONTENT_LENGTH = 200_000;

export const postMessage = z.strictObject({
  content: z.string().min(1).max(MAX_CONTENT_LENGTH),
  model: modelName.optional(),
  lane: lane
    .optional()
    .describe(
      'background: for what nobody waits for; it is answered after interactive messages. Default: interactive.',
    ),
  deadline: z.iso
    .datetime({ offset: true })
    .optional()
    .describe(
      'After this moment nobody waits for the answer: a generation that would begin later is not done, and fails with deadline_passed.',
    ),
  notify: z
    .boolean()
    .default(false)
    .describe('Whether the person is notified when the answer is there, or has failed.'),
});
export type PostMessage = z.infer<typeof postMessage>;

/** Answer 202: the generation is stored and will be done. `eventsUrl` is a path on the same host. */
export const messageAccepted = z.object({ messageId: id, jobId: id, eventsUrl: z.string() });
export type MessageAccepted = z.infer<typeof messageAccepted>;
