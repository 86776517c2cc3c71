import type { ContentCoding } from '@slipstream/http';
import type { Logger } from '@slipstream/contracts';
import { AssetCounts } from './counts/asset-counts.js';
import { AssetThread } from './pool/asset-thread.js';
import { TaskQueue } from './pool/task-queue.js';
import type { Transformation } from './transformer/messages.js';
import type { DeltaCoding, Effort, Made, Task } from './worker/messages.js';
import type { EndCause, WorkerReport } from './worker/worker-tally.js';

/** Options of {@link AssetOptimizer}. */
export interface AssetOptimizerOptions {
  /** Folder of finished assets; processes may share it. */
  directory: string;
  /** Limit of all files in it; the least recently used are removed first. Minimum 1. */
  maxBytes: number;
  /** Worker threads of this process. Default 1, minimum 1. */
  threads?: number;
  /** Larger content, decoded, is left as it is. Default 16 MiB. */
  maxContentBytes?: number;
  /** Tasks that wait: beyond one of the limits a task is dropped. Default 2,000 tasks and 64 MiB. */
  queue?: { maxTasks: number; maxBytes: number };
  /** Longest time of one task, after which its thread is ended. Default 60,000. */
  taskTimeoutMs?: number;
  logger: Logger<'debug'>;
}

/** An asset as it is stored. */
export interface StoredAsset {
  readonly bytes: Buffer;
  /** Coding of `bytes`. Absent: none. */
  readonly from?: ContentCoding;
}

/** How an asset is to be made. */
export interface RecodeOptions {
  /** Absent: no coding. */
  readonly to?: ContentCoding;
  readonly effort: Effort;
  /** Made before the content is coded. If it fails or gains nothing, the asset is coded without it. */
  readonly transformation?: Transformation;
  /** Whether the content may become a part of dictionaries. */
  readonly isKept?: boolean;
}

/** An asset in another coding, or with another content that looks or works the same. */
export interface CodedAsset {
  readonly bytes: Buffer;
  /** SHA-256 of the content, in hexadecimal. */
  readonly digest: string;
  /** Length of the content. */
  readonly contentBytes: number;
  /** Coding of `bytes`. Absent: none, as of formats that are compressed themselves. */
  readonly coding?: ContentCoding;
  /** Whether the content is another one than that of the asset. */
  readonly isTransformed: boolean;
  /** Absent: that of the asset. */
  readonly contentType?: string;
}

const MIB = 1024 * 1024;
const IDLE_MS = 30_000;
/** The rest of the time is for the coding. */
const TRANSFORM_TIME_RATIO = 0.8;

/**
 * Makes assets smaller, in worker threads and once per content. The results are kept in a folder, by the hash of the
 * content. A failure leaves an asset as it is: every method then returns undefined.
 */
export class AssetOptimizer {
  readonly counts = new AssetCounts();
  private readonly queue: TaskQueue;
  private readonly threads: readonly AssetThread[];
  private isClosed = false;

  constructor({ directory, maxBytes, threads = 1, logger, ...options }: AssetOptimizerOptions) {
    const { maxContentBytes = 16 * MIB, taskTimeoutMs = 60_000 } = options;
    const { queue = { maxTasks: 2_000, maxBytes: 64 * MIB } } = options;
    this.queue = new TaskQueue(queue.maxTasks, queue.maxBytes);
    const events = {
      onIdle: () => this.next(),
      onEnded: (cause: EndCause) => void (this.counts.ends.thread[cause] += 1),
      onReport: (report: WorkerReport) => this.counts.reported(report),
      onFailed: (reason: string) => logger.debug({ reason }, 'an asset could not be optimised and stays as it is'),
    };
    const limits = { taskTimeoutMs, idleMs: IDLE_MS };
    const transformTimeoutMs = taskTimeoutMs * TRANSFORM_TIME_RATIO;
    const settings = { directory, maxBytes, maxContentBytes, transformTimeoutMs };
    this.threads = Array.from({ length: threads }, () => new AssetThread(settings, limits, events));
  }

  /** Tasks that wait, and their bytes. */
  get waiting(): { readonly tasks: number; readonly bytes: number } {
    return this.queue.status;
  }

  /** Transforms an asset, and codes it anew. */
  async recode({ bytes, from }: StoredAsset, options: RecodeOptions): Promise<CodedAsset | undefined> {
    const { to, effort, transformation, isKept } = options;
    return codedOf(await this.run({ type: 'recode', bytes, from, to, effort, transformation, isKept }));
  }

  /** Makes a dictionary of contents that were kept. @returns it, in Brotli */
  async combine(contents: readonly string[]): Promise<CodedAsset | undefined> {
    return codedOf(await this.run({ type: 'combine', contents }));
  }

  /** Codes an asset as its difference to a dictionary (RFC 9842). @param dictionary its SHA-256, in hexadecimal */
  async delta({ bytes, from }: StoredAsset, dictionary: string, to: DeltaCoding): Promise<CodedAsset | undefined> {
    return codedOf(await this.run({ type: 'delta', bytes, from, dictionary, to }));
  }

  /** Drops what waits and what runs. */
  close(): void {
    this.isClosed = true;
    for (let pending = this.queue.shift(); pending; pending = this.queue.shift()) pending.settle(undefined);
    for (const thread of this.threads) thread.stop();
  }

  private run(task: Task): Promise<Made | undefined> {
    return new Promise((resolve) => {
      if (this.isClosed) return resolve(undefined);
      const settle = (made: Made | undefined): void => {
        if (!this.isClosed) this.counts.ended(task, made);
        resolve(made);
      };
      if (this.queue.push({ task, settle })) return this.next();
      this.counts.refused(task);
      resolve(undefined);
    });
  }

  private next(): void {
    const thread = this.threads.find(({ isBusy }) => !isBusy);
    const pending = thread && this.queue.shift();
    if (pending) thread.run(pending);
  }
}

function codedOf(made: Made | undefined): CodedAsset | undefined {
  if (!made) return undefined;
  const { bytes, digest, contentBytes, coding, isTransformed, contentType } = made;
  return { bytes: Buffer.from(bytes.buffer), digest, contentBytes, coding, isTransformed, contentType };
}
