import { Module, type DynamicModule } from '@nestjs/common';
import { Delivery } from './delivery.js';
import { Dispatch } from './dispatch.js';
import { NotificationController } from './notification.controller.js';

@Module({})
export class NotificationWorkerModule {
  static with(dispatch: Dispatch, delivery: Delivery): DynamicModule {
    return {
      module: NotificationWorkerModule,
      controllers: [NotificationController],
      providers: [
        { provide: Dispatch, useValue: dispatch },
        { provide: Delivery, useValue: delivery },
      ],
    };
  }
}
