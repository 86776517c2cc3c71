import { Module, type DynamicModule } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import type { Logger } from '@slipstream/telemetry';
import { BackendsController } from '../backends/backends.controller.js';
import { PoolDirectory } from '../backends/pool-directory.js';
import { GATEWAY_LOGGER } from '../http/gateway-logger.js';
import { schemaValidation } from '../http/schema-validation.js';

/** What an operator may do, on the management listener. */
@Module({})
export class AdminModule {
  static with({ pools, logger }: { pools: PoolDirectory; logger: Logger }): DynamicModule {
    return {
      module: AdminModule,
      controllers: [BackendsController],
      providers: [
        { provide: PoolDirectory, useValue: pools },
        { provide: GATEWAY_LOGGER, useValue: logger },
        { provide: APP_PIPE, useValue: schemaValidation() },
      ],
    };
  }
}
