import type { Config } from '@slipstream/config';
import { createTelemetry } from '@slipstream/telemetry';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveSettings } from './live-settings.js';

const { logger } = createTelemetry({ processName: 'test', level: 'silent' });
const configOf = (port: number, level: string, maxConnections = 1, urls = ['http://a']): Config =>
  ({
    service: 'gateway',
    listen: { port, maxConnections },
    log: { level },
    web: { backends: urls.map((url) => ({ url, weight: 1, priority: 0 })) },
  }) as unknown as Config;
const snapshotOf = (config: Config) => ({ config, file: { path: 'a.yaml', exists: true, sha256: 'a' } });

let next: Config;
let settings: LiveSettings;
beforeEach(() => {
  settings = new LiveSettings(snapshotOf(configOf(80, 'info')), logger, async () => snapshotOf(next));
});

describe('a reload', () => {
  it('applies what is followed, and only that', async () => {
    const [level, backends] = [vi.fn(), vi.fn()];
    expect(settings.follow(({ log }) => log.level, level)).toBe('info');
    settings.follow(({ web }) => web.backends.map(({ url }) => url), backends);
    next = configOf(80, 'debug');
    expect(await settings.reload()).toEqual({ state: 'loaded', changed: ['log.level'], needsRestart: [] });
    expect(level.mock.calls).toEqual([['debug']]);
    expect(backends).not.toHaveBeenCalled();
  });

  it('names what was read otherwise, and keeps its former value for all', async () => {
    expect(settings.fixed.listen.port).toBe(80);
    const seen = vi.fn();
    settings.follow(({ listen }) => [listen.port, listen.maxConnections], seen);
    next = configOf(81, 'info', 2);
    const result = { state: 'loaded', changed: ['listen.maxConnections'], needsRestart: ['listen.port'] };
    expect(await settings.reload()).toEqual(result);
    expect(seen.mock.calls).toEqual([[[80, 2]]]);
    expect(settings.current.listen).toMatchObject({ port: 80, maxConnections: 2 });
    expect(await settings.reload()).toEqual({ ...result, changed: [] }); // until a restart
  });

  it('takes back what was applied when a part refuses', async () => {
    const level = vi.fn();
    settings.follow(({ log }) => log.level, level);
    settings.follow(
      ({ web }) => web.backends.length,
      (count) => {
        if (count === 0) throw new Error('web.backends: none');
      },
    );
    next = configOf(80, 'debug', 1, []);
    expect(await settings.reload()).toEqual({ state: 'refused', mistakes: ['web.backends: none'] });
    expect(level.mock.calls).toEqual([['debug'], ['info']]);
    expect(settings.current.log.level).toBe('info');
    next = configOf(80, 'warn');
    expect(await settings.reload()).toMatchObject({ state: 'loaded', changed: ['log.level'] });
  });

  it('follows the one before it', async () => {
    const seen: string[] = [];
    settings.follow(
      ({ log }) => log.level,
      async (level) => {
        await Promise.resolve();
        seen.push(level);
      },
    );
    next = configOf(80, 'debug');
    const first = settings.reload();
    const second = settings.reload();
    await first;
    expect(await second).toMatchObject({ changed: [] });
    expect(seen).toEqual(['debug']);
  });
});
