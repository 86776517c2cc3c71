import type { JobDocument } from './jobs/job.schema.js';

/** One message as a model server takes it. */
export interface ModelMessage {
  role: 'user' | 'assistant';
  content: string;
}

type Turn = Pick<JobDocument, 'question' | 'answer'>;

/**
 * What the model is sent: the earlier turns that were answered with text, then the question. A turn without text in its
 * answer (it failed, was cancelled before its first word, or only called tools) is left out with its question: chat
 * templates reject two messages of one role in a row, and empty ones.
 */
export function conversation(earlier: readonly Turn[], { question }: Pick<JobDocument, 'question'>): ModelMessage[] {
  return [...earlier.flatMap(messagesOf), { role: 'user', content: question.content }];
}

function messagesOf({ question, answer }: Turn): ModelMessage[] {
  const content = answer.content ?? '';
  if (question.content.trim() === '' || content.trim() === '') return [];
  return [
    { role: 'user', content: question.content },
    { role: 'assistant', content },
  ];
}
