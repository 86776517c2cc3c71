import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { StartupError, type MessageType } from '@slipstream/contracts';
import type { Outcome } from '../broker.js';
import { isMessageType, type PayloadOf } from '../message-types.js';
import type { DeliveryContext } from './delivery.context.js';
import { QueueController } from './queue-controller.decorator.js';

/** Handles the messages of one type. See {@link QueueConsumer} for the effect of results and errors. */
export interface MessageHandler<T extends MessageType> {
  handle(payload: PayloadOf<T>, delivery: DeliveryContext): Promise<Outcome | void>;
}

const TYPE = Symbol('message type');

/** Class decorator: the method `handle` of the class handles all messages of `type`. */
export const HandlesMessages =
  <T extends MessageType>(type: T) =>
  (handler: new (...args: never[]) => MessageHandler<T>): void => {
    const prototype = handler.prototype as MessageHandler<T>;
    const method = Object.getOwnPropertyDescriptor(prototype, 'handle')!;
    EventPattern<string>(type)(prototype, 'handle', method);
    Payload()(prototype, 'handle', 0);
    Ctx()(prototype, 'handle', 1);
    QueueController()(handler);
    Reflect.defineMetadata(TYPE, type, handler);
  };

/**
 * Returns the handlers of a service, by message type.
 * @throws StartupError if two classes handle one type, or a class handles no known type
 */
export function handlersByType(handlers: readonly Type[]): ReadonlyMap<MessageType, Type> {
  const byType = new Map<MessageType, Type>();
  for (const handler of handlers) {
    const type: unknown = Reflect.getMetadata(TYPE, handler);
    if (!isMessageType(type))
      throw new StartupError(`${handler.name} has no message type: add @HandlesMessages(type) with a known type.`);
    const earlier = byType.get(type);
    if (earlier)
      throw new StartupError(`${earlier.name} and ${handler.name} both handle '${type}': remove one of the two.`);
    byType.set(type, handler);
  }
  return byType;
}
