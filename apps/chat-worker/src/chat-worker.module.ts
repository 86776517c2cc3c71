import { Module, type DynamicModule } from '@nestjs/common';
import { ChatTurns } from './chat-turns.js';
import { HANDLERS } from './handlers.js';

@Module({})
export class ChatWorkerModule {
  static with(turns: ChatTurns): DynamicModule {
    return {
      module: ChatWorkerModule,
      controllers: [...HANDLERS.values()],
      providers: [{ provide: ChatTurns, useValue: turns }],
    };
  }
}
