import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { WorkerTally } from './worker-tally.js';

const DIGEST_BYTES = 32;
/** Part of the limit that may be written before the folder is measured again. */
const MEASURE_RATIO = 1 / 16;

/**
 * Finished assets in a folder that the processes of a machine share. The least recently used are removed first. A
 * damaged file counts as absent, and so does every file of a folder that can't be read.
 */
export class AssetFiles {
  /** Infinite: the folder was not measured yet. */
  private writtenBytes = Infinity;

  constructor(
    private readonly directory: string,
    private readonly maxBytes: number,
    private readonly tally = new WorkerTally(),
  ) {}

  /** @param name letters, digits, `.` and `-` */
  read(name: string): Buffer | undefined {
    try {
      const path = join(this.directory, name);
      const file = readFileSync(path);
      const bytes = file.subarray(DIGEST_BYTES);
      if (!file.subarray(0, DIGEST_BYTES).equals(hash('sha256', bytes, 'buffer'))) return undefined;
      utimesSync(path, new Date(), new Date());
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** Does nothing if the folder can't be written: the asset is made again when it is needed. */
  write(name: string, bytes: Uint8Array): void {
    if (bytes.length > this.maxBytes * MEASURE_RATIO) return;
    const partial = join(this.directory, `${name}.${process.pid}-${threadId}.part`);
    try {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      writeFileSync(partial, Buffer.concat([hash('sha256', bytes, 'buffer'), bytes]), { mode: 0o600 });
      renameSync(partial, join(this.directory, name)); // no process ever reads half of a file
      this.wrote(bytes.length);
    } catch (error) {
      this.tally.writeErrors += 1;
      this.tally.lastError = String(error);
      remove(partial);
    }
  }

  private wrote(bytes: number): void {
    this.writtenBytes += bytes;
    if (this.writtenBytes > this.maxBytes * MEASURE_RATIO) this.evict();
    else this.tally.storeBytes = (this.tally.storeBytes ?? 0) + bytes;
  }

  private evict(): void {
    this.writtenBytes = 0;
    const files = readdirSync(this.directory)
      .map((name) => ({ path: join(this.directory, name), stats: statSync(join(this.directory, name)) }))
      .sort((a, b) => a.stats.mtimeMs - b.stats.mtimeMs);
    let total = files.reduce((sum, { stats }) => sum + stats.size, 0);
    for (const { path, stats } of files) {
      if (total <= this.maxBytes * (1 - MEASURE_RATIO)) break;
      rmSync(path, { force: true });
      this.tally.evictions += 1;
      total -= stats.size;
    }
    this.tally.storeBytes = total;
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // the folder is none, or can't be written: nothing was left there
  }
}
