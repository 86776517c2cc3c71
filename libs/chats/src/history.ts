import type { Job, Message, Page, PageQuery } from '@slipstream/contracts';
import { encodeCursor, invalidCursor, parseCursor } from '@slipstream/mongo';
import type { JobDocument } from './jobs/job.schema.js';
import type { JobStore } from './jobs/job.store.js';
import { placedMessages } from './turn-messages.js';

/** Size of the texts of a page, in UTF-8; larger pages end earlier. */
const MAX_PAGE_BYTES = 2 * 1024 * 1024;

/**
 * Returns the messages of a chat, oldest first. A message's place is its ordinal, so pages neither repeat nor hide
 * messages. A page of large messages has fewer than `limit`.
 * @throws InvalidInputError `invalid_cursor`
 */
export async function historyPage(
  jobs: JobStore,
  chatId: string,
  { limit, cursor }: PageQuery,
): Promise<Page<Message>> {
  const after = cursor === undefined ? 0 : decodePlace(cursor);
  const { turns, isCut } = await jobs.turnsFrom(chatId, after, { maxTurns: limit + 1, maxBytes: MAX_PAGE_BYTES });
  const placed = turns.flatMap(placedMessages).filter(({ place }) => place > after);
  const page = placed.slice(0, limit);
  const items = page.map(({ message }) => message);
  const last = page.at(-1);
  return (isCut || placed.length > limit) && last ? { items, nextCursor: encodeCursor([last.place]) } : { items };
}

function decodePlace(cursor: string): number {
  const [place, ...rest] = parseCursor(cursor);
  if (rest.length > 0 || !Number.isSafeInteger(place) || (place as number) < 0) throw invalidCursor();
  return place as number;
}

/** Returns a job in the form of the API. */
export function toJob(document: JobDocument, eventsUrl: string): Job {
  return {
    id: document._id,
    kind: document.kind,
    state: document.state,
    chatId: document.chatId,
    messageId: document.answer.messageId,
    attempts: document.attempts,
    ...(document.error && { error: document.error }),
    eventsUrl,
    createdAt: document.createdAt.toISOString(),
    updatedAt: document.updatedAt.toISOString(),
  };
}
