import type { JobDocument } from './jobs/job.schema.js';

/** One message, in the form of a model server. */
export interface ModelMessage {
  role: 'user' | 'assistant';
  content: string;
}

type Turn = Pick<JobDocument, 'question' | 'answer'>;

/**
 * Returns the messages for the model: the earlier turns with text in their answer, then the question. A turn without
 * text (failed, cancelled before its first word, or with tool calls only) is left out with its question, because chat
 * templates reject empty messages and two messages of one role in a row.
 *
 * @param sources text to send before the question
 */
export function conversation(
  earlier: readonly Turn[],
  { question }: Pick<JobDocument, 'question'>,
  sources?: string,
): ModelMessage[] {
  const content = sources === undefined ? question.content : `${sources}\n\n${question.content}`;
  return [...earlier.flatMap(messagesOf), { role: 'user', content }];
}

function messagesOf({ question, answer }: Turn): ModelMessage[] {
  const content = answer.content ?? '';
  if (question.content.trim() === '' || content.trim() === '') return [];
  return [
    { role: 'user', content: question.content },
    { role: 'assistant', content },
  ];
}
