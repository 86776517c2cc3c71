import { expect, it, vi } from 'vitest';
import { PurgeTopic } from './purge-topic.js';

interface Tag {
  readonly tag: string;
}

function topicOf(maxPending = 10) {
  const appended: string[] = [];
  const append = vi.fn(async (text: string) => appended.push(text));
  const options = {
    name: 'page',
    everything: () => ({ tag: '*' }),
    parse: (value: unknown) => (typeof (value as Tag).tag === 'string' ? (value as Tag) : undefined),
    maxPending,
    reset: vi.fn(),
    note: vi.fn(),
    forget: vi.fn(),
  };
  return { topic: new PurgeTopic<Tag>(options, append), options, append, appended };
}

it('has a purge pending until the log has it', async () => {
  const { topic, append, appended } = topicOf();
  const [a, b] = [topic.add({ tag: 'a' }), topic.add({ tag: 'b' })];
  append.mockRejectedValueOnce(new Error('away'));
  await expect(topic.confirm(a)).rejects.toThrow('away');
  expect(await topic.confirm(b)).toBe(1);
  expect([...topic.pending]).toEqual([a]);
  await topic.confirmAll();
  expect([topic.isSettled, appended]).toEqual([true, ['page {"tag":"b"}', 'page {"tag":"a"}']]);
});

it('has everything pending past its bound, until that one is in the log, and not an earlier one', async () => {
  const { topic, append } = topicOf(1);
  topic.add({ tag: 'a' });
  const everything = topic.add({ tag: 'b' });
  const answer = Promise.withResolvers<number>();
  append.mockImplementationOnce(() => answer.promise);
  const confirmed = topic.confirm(everything);
  const again = topic.add({ tag: 'c' });
  answer.resolve(1);
  await confirmed;
  expect([...topic.pending]).toEqual([again]);
  expect(again).toEqual({ tag: '*' });
});

it('takes its own entries, and everything for one of them that it cannot read', () => {
  const { topic, options } = topicOf();
  for (const [index, text] of [
    'page {"tag":"a"}',
    'other {"tag":"b"}',
    'page {',
    'page {"tag":1}',
    'pages {"tag":"c"}',
  ].entries()) {
    topic.note(text, index + 1);
    topic.forget(text);
  }
  expect(options.note.mock.calls).toEqual([
    [{ tag: 'a' }, 1],
    [{ tag: '*' }, 3],
    [{ tag: '*' }, 4],
  ]);
  expect(options.forget.mock.calls).toEqual([[{ tag: 'a' }], [{ tag: '*' }], [{ tag: '*' }]]);
  topic.noteGap(9);
  expect(options.note).toHaveBeenLastCalledWith({ tag: '*' }, 9);
});
