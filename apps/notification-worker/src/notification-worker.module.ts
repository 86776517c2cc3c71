import { Module, type DynamicModule } from '@nestjs/common';
import { DeliveryTurns } from './delivery-turns.js';
import { Dispatch } from './dispatch.js';
import { NotificationController } from './notification.controller.js';

@Module({})
export class NotificationWorkerModule {
  static with(dispatch: Dispatch, deliveries: DeliveryTurns): DynamicModule {
    return {
      module: NotificationWorkerModule,
      controllers: [NotificationController],
      providers: [
        { provide: Dispatch, useValue: dispatch },
        { provide: DeliveryTurns, useValue: deliveries },
      ],
    };
  }
}
