import { applyDecorators, Controller, UseFilters } from '@nestjs/common';
import { DeliveryExceptionFilter } from './delivery-exception.filter.js';

/**
 * A controller whose methods handle messages; see {@link DeliveryExceptionFilter} for why not `@Controller()`.
 *
 * Bind them with `@EventPattern<MessageType>('chat.generate')`: the type argument picks Nest's signature for handlers
 * that take a `@Ctx()`, and lets the compiler check the name.
 */
export const QueueController = (): ClassDecorator => applyDecorators(Controller(), UseFilters(DeliveryExceptionFilter));
