import { expect, it } from 'vitest';
import type { JobDocument } from './jobs/job.schema.js';
import { conversation } from './conversation.js';

type Turn = Pick<JobDocument, 'question' | 'answer'>;

const turn = (content: string, answer: Partial<JobDocument['answer']> = {}): Turn => ({
  question: { messageId: 'q', content },
  answer: { messageId: 'a', ...answer },
});

const ENDS: readonly ((text: string) => Partial<JobDocument['answer']>)[] = [
  (content) => ({ content, state: 'complete' }),
  (content) => ({ content, state: 'incomplete' }),
  (content) => ({ content, state: 'cancelled' }),
  () => ({ content: '', state: 'complete' }), // only called tools
  () => ({ content: '', state: 'incomplete' }),
  () => ({ content: ' \n', state: 'complete' }),
  () => ({}), // failed before its first word
];

/** Numbers of a fixed sequence: a history that fails is the same at the next run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

it('begins and ends with the user, and alternates, whatever became of the turns before', () => {
  const random = numbers(20_261_126);
  for (let round = 0; round < 2_000; round += 1) {
    const earlier = Array.from({ length: random.next().value % 12 }, (_, index) =>
      turn(`question ${index}`, ENDS[random.next().value % ENDS.length]!(`answer ${index}`)),
    );
    const messages = conversation(earlier, turn('now'));
    expect(messages.map(({ role }) => role)).toEqual(
      messages.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')),
    );
    expect(messages.every(({ content }) => content.trim() !== '')).toBe(true);
    expect(messages.at(-1)).toEqual({ role: 'user', content: 'now' });
    // Each answer stands behind its own question.
    expect(messages.filter((_, index) => index % 2 === 1).map(({ content }) => content)).toEqual(
      messages
        .slice(0, -1)
        .filter((_, index) => index % 2 === 0)
        .map(({ content }) => content.replace('question', 'answer')),
    );
  }
});

it('keeps what was answered in part', () => {
  expect(
    conversation([turn('one', { content: 'half', state: 'incomplete' }), turn('two')], turn('three')).map(
      ({ content }) => content,
    ),
  ).toEqual(['one', 'half', 'three']);
});
