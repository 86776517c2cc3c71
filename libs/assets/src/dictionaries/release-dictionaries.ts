import type { AssetOptimizer } from '../asset-optimizer.js';

/** A dictionary that browsers may have. */
export interface ReleaseDictionary {
  /** SHA-256, in hexadecimal. */
  readonly digest: string;
  /** In Brotli. */
  readonly brotli: Buffer;
  readonly contentBytes: number;
}

/** Options of {@link ReleaseDictionaries}. */
export interface ReleaseDictionariesOptions {
  optimizer: Pick<AssetOptimizer, 'combine'>;
  /** Limit of one dictionary; the files that were seen last go first. Default 10 MiB. */
  maxBytes?: number;
  /** A dictionary is made when no new file came for so long. Default 10,000. */
  delayMs?: number;
}

interface Part {
  readonly digest: string;
  readonly bytes: number;
}

const MIB = 1024 * 1024;
const MAX_FILES = 2_000;
/** Browsers may come back with a dictionary of one of the last releases. */
const MAX_DICTIONARIES = 4;
/** A new dictionary is worth its download only if so much of its content is new. */
const NEW_RATIO = 0.2;
const MIN_BYTES = 16 * 1024;

/**
 * Combines the files of a release to one dictionary, against which the files of the next release are coded. All files
 * are public.
 */
export class ReleaseDictionaries {
  /** By path; the file that was seen last is the last one. */
  private readonly parts = new Map<string, Part>();
  private readonly made = new Map<string, ReleaseDictionary>();
  private last?: ReleaseDictionary;
  private newBytes = 0;
  private builds = 0;
  private timer?: NodeJS.Timeout;

  constructor(private readonly options: ReleaseDictionariesOptions) {}

  /** The dictionary to offer; undefined: none is made yet. */
  get latest(): ReleaseDictionary | undefined {
    return this.last;
  }

  /** Dictionaries that browsers may come back with, the oldest first. */
  get all(): readonly ReleaseDictionary[] {
    return [...this.made.values()];
  }

  /** Number of dictionaries that were made, those included that are dropped by now. */
  get madeCount(): number {
    return this.builds;
  }

  /** @param digest SHA-256, in hexadecimal */
  find(digest: string): ReleaseDictionary | undefined {
    return this.made.get(digest);
  }

  /** A public file that never changes. @param digest SHA-256 of its content, which the optimizer has kept */
  add(path: string, digest: string, bytes: number): void {
    const known = this.parts.get(path);
    this.parts.delete(path);
    this.parts.set(path, { digest, bytes });
    if (known?.digest === digest) return;
    const [oldest] = this.parts.keys();
    if (this.parts.size > MAX_FILES && oldest !== undefined) this.parts.delete(oldest);
    this.newBytes += bytes;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.build(), this.options.delayMs ?? 10_000).unref();
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private async build(): Promise<void> {
    const contents = this.newest();
    const bytes = contents.reduce((sum, part) => sum + part.bytes, 0);
    if (bytes < MIN_BYTES || this.newBytes < bytes * NEW_RATIO) return;
    this.newBytes = 0;
    const coded = await this.options.optimizer.combine(contents.map(({ digest }) => digest));
    if (!coded) return;
    const { digest, bytes: brotli, contentBytes } = coded;
    this.made.delete(digest);
    this.last = { digest, brotli, contentBytes };
    this.made.set(digest, this.last);
    this.builds += 1;
    const [oldest] = this.made.keys();
    if (this.made.size > MAX_DICTIONARIES && oldest !== undefined) this.made.delete(oldest);
  }

  /** The files that were seen last, as many as fit, by path: gateways that saw the same files make the same. */
  private newest(): Part[] {
    const { maxBytes = 10 * MIB } = this.options;
    const taken: [path: string, part: Part][] = [];
    let bytes = 0;
    for (const [path, part] of [...this.parts].reverse()) {
      if (bytes + part.bytes > maxBytes) continue;
      bytes += part.bytes;
      taken.push([path, part]);
    }
    return taken.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  }
}
