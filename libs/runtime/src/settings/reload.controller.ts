import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { SlipstreamError } from '@slipstream/contracts';
import { GroupReload } from './group-reload.js';
import type { LoadedFile } from './live-settings.js';
import { version } from './version.js';

interface LoadedView {
  path: string;
  sha256: string | null;
  loadedAt: string;
}

/** The configuration and the version of a process, for operators. */
@Controller('admin')
export class ReloadController {
  constructor(@Inject(GroupReload) private readonly reloads: GroupReload) {}

  /** Reads the configuration again, in all processes of this service on this machine. */
  @Post('reload')
  @HttpCode(200)
  async reload(): Promise<object> {
    const result = await this.reloads.reload();
    if (result.state === 'refused')
      throw new SlipstreamError('config_refused', undefined, {
        fields: result.mistakes.map((message) => ({ path: '', message })),
      });
    const { changed, needsRestart, silent } = result;
    return { changed, needsRestart, silent, config: viewOf(this.reloads.settings.file) };
  }

  /** Which version runs, and which configuration it has in use. */
  @Get('version')
  version(): object {
    const { file, lastReload } = this.reloads.settings;
    return {
      version,
      node: process.versions.node,
      config: viewOf(file),
      lastReload: lastReload ? { at: lastReload.at.toISOString(), ...lastReload.result } : null,
    };
  }
}

const viewOf = ({ path, exists, sha256, loadedAt }: LoadedFile): LoadedView => ({
  path,
  sha256: exists ? sha256 : null,
  loadedAt: loadedAt.toISOString(),
});
