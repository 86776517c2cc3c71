import { Module, type DynamicModule } from '@nestjs/common';
import type { ManagementLink } from '@slipstream/health';
import { GroupReload } from './group-reload.js';
import { ReloadController } from './reload.controller.js';

@Module({})
class ReloadModule {}

/** Links of the index page to the routes of this module. */
export const RELOAD_LINKS: readonly ManagementLink[] = [
  { path: '/admin/version', text: 'version, and configuration in use' },
];

/** For services whose management listener has a guard: the others reload by SIGHUP. */
export const reloadModule = (reloads: GroupReload): DynamicModule => ({
  module: ReloadModule,
  controllers: [ReloadController],
  providers: [{ provide: GroupReload, useValue: reloads }],
});
