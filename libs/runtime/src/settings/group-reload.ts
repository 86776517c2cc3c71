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

  /**
   * @returns the result of all processes: if one refuses, all count as refused; `silent` is the number of missing
   *   answers
   */
  async reload(): Promise<ReloadResult & { silent: number }> {
    const { answers, silent } = await this.group.gather(RELOAD_TOPIC);
    const results = answers as ReloadResult[];
    const refused = results.find(({ state }) => state === 'refused');
    return { ...(refused ?? results[0]!), silent };
  }
}
