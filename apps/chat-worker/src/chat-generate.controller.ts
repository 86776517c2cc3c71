import { EventPattern, Payload } from '@nestjs/microservices';
import type { ChatGenerate } from '@slipstream/contracts';
import { QueueController } from '@slipstream/rabbitmq';
import { ChatTurns } from './chat-turns.js';

/** Wake-ups from chat_queue. The message only says where to look; the job is in the database. */
@QueueController()
export class ChatGenerateController {
  constructor(private readonly turns: ChatTurns) {}

  @EventPattern('chat.generate')
  async generate(@Payload() { chatId }: ChatGenerate): Promise<void> {
    await this.turns.work(chatId);
  }
}
