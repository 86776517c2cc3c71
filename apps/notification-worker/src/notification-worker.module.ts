import { Module, type DynamicModule } from '@nestjs/common';
import { DeliveryTurns } from './delivery-turns.js';
import { Dispatch } from '@slipstream/notifications';
import { HANDLERS } from './handlers.js';

@Module({})
export class NotificationWorkerModule {
  static with(dispatch: Dispatch, deliveries: DeliveryTurns): DynamicModule {
    return {
      module: NotificationWorkerModule,
      controllers: [...HANDLERS.values()],
      providers: [
        { provide: Dispatch, useValue: dispatch },
        { provide: DeliveryTurns, useValue: deliveries },
      ],
    };
  }
}
