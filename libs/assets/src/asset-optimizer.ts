import type { ContentCoding } from '@slipstream/http';
import type { Logger } from '@slipstream/contracts';
import { AssetThread } from './pool/asset-thread.js';
import { TaskQueue } from './pool/task-queue.js';
import type { DeltaCoding, Effort, Made, Task } from './worker/messages.js';

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

/** An asset in another coding. */
export interface CodedAsset {
  readonly bytes: Buffer;
  /** SHA-256 of the content, in hexadecimal. */
  readonly digest: string;
  /** Length of the content. */
  readonly contentBytes: number;
}

const MIB = 1024 * 1024;
const IDLE_MS = 30_000;

/**
 * Makes assets smaller, in worker threads and once per content. The results are kept in a folder, by the hash of the
 * content. A failure leaves an asset as it is: every method then returns undefined.
 */
export class AssetOptimizer {
  private readonly queue: TaskQueue;
  private readonly threads: readonly AssetThread[];
  private isClosed = false;

  constructor({ directory, maxBytes, threads = 1, logger, ...options }: AssetOptimizerOptions) {
    const { maxContentBytes = 16 * MIB, taskTimeoutMs = 60_000 } = options;
    const { queue = { maxTasks: 2_000, maxBytes: 64 * MIB } } = options;
    this.queue = new TaskQueue(queue.maxTasks, queue.maxBytes);
    const events = {
      onIdle: () => this.next(),
      onFailed: (reason: string) => logger.debug({ reason }, 'an asset could not be optimised and stays as it is'),
    };
    const limits = { taskTimeoutMs, idleMs: IDLE_MS };
    const settings = { directory, maxBytes, maxContentBytes };
    this.threads = Array.from({ length: threads }, () => new AssetThread(settings, limits, events));
  }

  /**
   * Codes an asset anew.
   * @param isKept whether the content may become a part of dictionaries
   */
  async recode(
    { bytes, from }: StoredAsset,
    { to, effort, isKept }: { to: ContentCoding; effort: Effort; isKept?: boolean },
  ): Promise<CodedAsset | undefined> {
    return codedOf(await this.run({ type: 'recode', bytes, from, to, effort, isKept }));
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
    return new Promise((settle) => {
      if (this.isClosed || !this.queue.push({ task, settle })) return settle(undefined);
      this.next();
    });
  }

  private next(): void {
    const thread = this.threads.find(({ isBusy }) => !isBusy);
    const pending = thread && this.queue.shift();
    if (pending) thread.run(pending);
  }
}

const codedOf = (made: Made | undefined): CodedAsset | undefined =>
  made && { ...made, bytes: Buffer.from(made.bytes.buffer) };
