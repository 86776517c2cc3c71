import { applyDecorators, Controller, UseFilters } from '@nestjs/common';
import { DeliveryExceptionFilter } from './delivery-exception.filter.js';

/**
 * A controller whose methods handle messages. {@link DeliveryExceptionFilter} explains why `@Controller()` does not
 * work.
 *
 * Bind them with `@EventPattern<MessageType>('chat.generate')`: the type argument selects Nest's signature for handlers
 * with a `@Ctx()`, and lets the compiler check the name.
 */
export const QueueController = (): ClassDecorator => applyDecorators(Controller(), UseFilters(DeliveryExceptionFilter));
