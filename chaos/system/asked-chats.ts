import type { Client } from '@slipstream/e2e/client';
import { expectAnsweredOnce, untilSucceeded } from './chat-effects.js';

/** Chats that are all asked the same. */
export class AskedChats {
  readonly jobIds: string[] = [];
  private readonly questions: string[] = [];

  private constructor(
    private readonly client: Client,
    private readonly chatIds: readonly string[],
  ) {}

  static async begin(client: Client, count: number): Promise<AskedChats> {
    const chats = await Promise.all(Array.from({ length: count }, () => client.chat()));
    return new AskedChats(
      client,
      chats.map(({ chatId }) => chatId),
    );
  }

  /** Resolves when each chat's question is accepted. */
  async ask(question: string): Promise<void> {
    this.questions.push(question);
    const accepted = await Promise.all(this.chatIds.map((chatId) => this.client.post(chatId, question, 'demo-echo')));
    this.jobIds.push(...accepted.map(({ jobId }) => jobId));
  }

  untilSucceeded(): Promise<void> {
    return untilSucceeded(this.client, this.jobIds);
  }

  async expectAnsweredOnce(): Promise<void> {
    for (const chatId of this.chatIds) await expectAnsweredOnce(this.client, chatId, this.questions);
  }
}
