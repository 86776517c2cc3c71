import { StartupError, type ChatGenerate, type MessageType } from '@slipstream/contracts';
import { describe, expect, it } from 'vitest';
import { HandlesMessages, handlersByType } from './message-handler.decorator.js';

@HandlesMessages('chat.generate')
class Generates {
  async handle(_payload: ChatGenerate): Promise<void> {}
}

@HandlesMessages('chat.generate')
class GeneratesToo {
  async handle(): Promise<void> {}
}

@HandlesMessages('notification.dispatch')
class Dispatches {
  async handle(): Promise<void> {}
}

@HandlesMessages('chat.generat' as MessageType)
class Misspelt {
  async handle(): Promise<void> {}
}

class Undecorated {}

describe('handlersByType', () => {
  it('lists each handler by the type of its messages', () => {
    expect([...handlersByType([Generates, Dispatches])]).toEqual([
      ['chat.generate', Generates],
      ['notification.dispatch', Dispatches],
    ]);
  });

  it.each([
    ['two handlers of one type', [Generates, GeneratesToo], "Generates and GeneratesToo both handle 'chat.generate'"],
    ['a type that no message has', [Misspelt], 'Misspelt has no message type'],
    ['a class that names no type', [Undecorated], 'Undecorated has no message type'],
  ])('refuses %s', (_, handlers, message) => {
    expect(() => handlersByType(handlers)).toThrow(StartupError);
    expect(() => handlersByType(handlers)).toThrow(message);
  });
});
