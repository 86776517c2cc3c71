import { messagesOf, type JobDocument } from '@slipstream/mongo';

/** One message as a model server takes it. */
export interface ModelMessage {
  role: 'user' | 'assistant';
  content: string;
}

/** What the model is told: the turns before, as far as they were answered with text, then the question. */
export function conversation(earlier: JobDocument[], job: JobDocument): ModelMessage[] {
  return [...earlier.flatMap(messagesOf), { role: 'user' as const, content: job.question.content }]
    .filter(({ content }) => content !== '')
    .map(({ role, content }) => ({ role, content }));
}
