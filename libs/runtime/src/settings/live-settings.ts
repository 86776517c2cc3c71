import {
  changedSettings,
  concerns,
  loadConfigSnapshot,
  watchedSettings,
  withSettings,
  type Config,
  type ConfigSnapshot,
} from '@slipstream/config';
import { messageOf } from '@slipstream/contracts';
import type { Logger } from '@slipstream/telemetry';

/** Settings of a process that may change while it runs. */
export interface Settings {
  /**
   * Reads settings by `map`, and calls `apply` with its result after each change of one of them.
   *
   * @param apply changes nothing when it throws
   * @returns the current result of `map`
   */
  follow<T>(map: (config: Config) => T, apply: (options: T) => void | Promise<void>): T;
  /** The configuration as it is now, for what is only shown. */
  readonly current: Config;
}

/** Result of a reload. */
export type ReloadResult =
  | {
      state: 'loaded';
      /** Settings that changed and are in use. */
      changed: string[];
      /** Settings that changed and need a restart; the former values stay. */
      needsRestart: string[];
    }
  | {
      /** Nothing has changed. */
      state: 'refused';
      mistakes: readonly string[];
    };

/** The file that is in use. */
export type LoadedFile = ConfigSnapshot['file'] & { loadedAt: Date };

interface Follower {
  reads: ReadonlySet<string>;
  map: (config: Config) => unknown;
  apply: (options: never) => void | Promise<void>;
}

/**
 * The configuration of a process. A setting that is only read through {@link Settings.follow} changes at a reload; one
 * that anything else has read needs a restart. So no list says which is which.
 */
export class LiveSettings implements Settings {
  current: Config;
  file: LoadedFile;
  /** Of the last reload; absent before the first. */
  lastReload?: { result: ReloadResult; at: Date };
  /** For everything that reads its settings once. */
  readonly fixed: Config;
  private readonly fixedReads = new Set<string>();
  private readonly followers: Follower[] = [];
  private reloading: Promise<unknown> = Promise.resolve();

  constructor(
    { config, file }: ConfigSnapshot,
    private readonly logger: Logger,
    private readonly load: () => Promise<ConfigSnapshot> = () => loadConfigSnapshot({ service: config.service }),
  ) {
    this.current = config;
    this.file = { ...file, loadedAt: new Date() };
    this.fixed = watchedSettings(config, (path) => this.fixedReads.add(path));
  }

  follow<T>(map: (config: Config) => T, apply: (options: T) => void | Promise<void>): T {
    const reads = new Set<string>();
    const options = map(watchedSettings(this.current, (path) => reads.add(path)));
    this.followers.push({ reads, map, apply });
    return options;
  }

  /** Reads the configuration again. One reload follows another. Never rejects. */
  reload(): Promise<ReloadResult> {
    const result = this.reloading.then(() => this.reloadNow());
    this.reloading = result;
    return result;
  }

  private async reloadNow(): Promise<ReloadResult> {
    const result = await this.tryReload().catch((error: unknown): ReloadResult => ({
      state: 'refused',
      mistakes: mistakesOf(error),
    }));
    this.lastReload = { result, at: new Date() };
    this.report(result);
    return result;
  }

  private async tryReload(): Promise<ReloadResult> {
    const { config, file } = await this.load();
    const all = changedSettings(this.current, config);
    const needsRestart = all.filter((path) => [...this.fixedReads].some((read) => concerns(path, read)));
    const changed = all.filter((path) => !needsRestart.includes(path));
    await this.use(withSettings(this.current, config, new Set(changed)), changed);
    this.file = { ...file, loadedAt: new Date() };
    return { state: 'loaded', changed, needsRestart };
  }

  /** A follower that fails has those before it take back what they took over. */
  private async use(next: Config, changed: readonly string[]): Promise<void> {
    const concerned = this.followers.filter(({ reads }) =>
      changed.some((path) => [...reads].some((read) => concerns(path, read))),
    );
    const done: Follower[] = [];
    try {
      for (const follower of concerned) {
        done.push(follower);
        await follower.apply(follower.map(next) as never);
      }
    } catch (error) {
      for (const { map, apply } of done) await apply(map(this.current) as never);
      throw error;
    }
    this.current = next;
  }

  private report(result: ReloadResult): void {
    const { path } = this.file;
    if (result.state === 'refused')
      return this.logger.error(
        { file: path, mistakes: result.mistakes },
        'the configuration was not reloaded: it has mistakes; the former one stays in use',
      );
    const { changed, needsRestart } = result;
    this.logger.info({ file: path, changed }, 'the configuration was reloaded');
    if (needsRestart.length > 0)
      this.logger.warn({ file: path, needsRestart }, 'settings changed that need a restart; their former values stay');
  }
}

const mistakesOf = (error: unknown): readonly string[] =>
  error instanceof Error && 'mistakes' in error ? (error.mistakes as readonly string[]) : [messageOf(error)];
