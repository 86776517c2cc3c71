import type { ProcessGroup } from '../processes/process-group.js';
import type { LiveSettings, ReloadResult } from './live-settings.js';

const RELOAD_TOPIC = 'config-reload';

/** Reloads all processes of the group. */
export class GroupReload {
  constructor(
    readonly settings: LiveSettings,
    private readonly group: ProcessGroup,
  ) {
    group.onGather(RELOAD_TOPIC, () => settings.reload());
  }

  /** @returns what became of it in all of them: one that refuses counts for all; `silent` did not answer in time */
  async reload(): Promise<ReloadResult & { silent: number }> {
    const { answers, silent } = await this.group.gather(RELOAD_TOPIC);
    const results = answers as ReloadResult[];
    const refused = results.find(({ state }) => state === 'refused');
    return { ...(refused ?? results[0]!), silent };
  }
}
