import { collect, type Telemetry } from '@slipstream/telemetry';
import type { LiveSettings } from './live-settings.js';

/** Shows whether the latest requested configuration is in use; a start counts as a reload. */
export function showReloads(settings: LiveSettings, registry: Telemetry['registry']): void {
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_config_last_reload_successful',
    help: 'Whether the last reload of the configuration succeeded (1), or was refused because of mistakes (0).',
    labelNames: [],
    aggregator: 'min',
    read: () => [[{}, settings.lastReload?.result.state === 'refused' ? 0 : 1]],
  });
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_config_last_reload_timestamp_seconds',
    help: 'When the configuration in use was read, in seconds since 1970.',
    labelNames: [],
    aggregator: 'min',
    read: () => [[{}, settings.file.loadedAt.getTime() / 1000]],
  });
}
