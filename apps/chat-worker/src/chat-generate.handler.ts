import type { ChatGenerate } from '@slipstream/contracts';
import { HandlesMessages, type MessageHandler } from '@slipstream/rabbitmq/nest';
import { ChatTurns } from './chat-turns.js';

/** Handles a wake-up from chat_queue. The message contains only the chat; its jobs are in the database. */
@HandlesMessages('chat.generate')
export class ChatGenerateHandler implements MessageHandler<'chat.generate'> {
  constructor(private readonly turns: ChatTurns) {}

  async handle({ chatId }: ChatGenerate): Promise<void> {
    await this.turns.work(chatId);
  }
}
