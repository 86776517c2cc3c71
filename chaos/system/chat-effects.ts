import { expect, vi } from 'vitest';
import type { Client } from '@slipstream/e2e/client';

const DEADLINE = { timeout: 90_000, interval: 200 };

interface Message {
  role: string;
  state: string;
  content: string;
}

/** Resolves when all of these jobs have succeeded. */
export async function untilSucceeded(client: Client, jobIds: readonly string[]): Promise<void> {
  await vi.waitFor(async () => {
    const states = await Promise.all(
      jobIds.map(async (jobId) => (await client.call<{ state: string }>('GET', `/jobs/${jobId}`)).json.state),
    );
    expect(states.filter((state) => state !== 'succeeded')).toEqual([]);
  }, DEADLINE);
}

/** The chat holds each of these questions once, in this order, and after each its one whole answer. */
export async function expectAnsweredOnce(client: Client, chatId: string, questions: readonly string[]): Promise<void> {
  const { items } = (await client.call<{ items: Message[] }>('GET', `/chats/${chatId}/messages?limit=100`)).json;
  expect(items.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual(questions);
  expect(items.map(({ role, state }) => (role === 'user' ? role : `${role} ${state}`))).toEqual(
    questions.flatMap(() => ['user', 'assistant complete']),
  );
}
