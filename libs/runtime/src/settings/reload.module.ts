import { Module, type DynamicModule } from '@nestjs/common';
import { GroupReload } from './group-reload.js';
import { ReloadController } from './reload.controller.js';

@Module({})
class ReloadModule {}

/** For services whose management listener has a guard: the others reload by SIGHUP. */
export const reloadModule = (reloads: GroupReload): DynamicModule => ({
  module: ReloadModule,
  controllers: [ReloadController],
  providers: [{ provide: GroupReload, useValue: reloads }],
});
