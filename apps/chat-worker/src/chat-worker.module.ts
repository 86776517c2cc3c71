import { Module, type DynamicModule } from '@nestjs/common';
import { ChatGenerateController } from './chat-generate.controller.js';
import { ChatTurns } from './chat-turns.js';

@Module({})
export class ChatWorkerModule {
  static with(turns: ChatTurns): DynamicModule {
    return {
      module: ChatWorkerModule,
      controllers: [ChatGenerateController],
      providers: [{ provide: ChatTurns, useValue: turns }],
    };
  }
}
