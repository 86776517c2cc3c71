import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Transformation, TransformedMessage, TransformMessage } from '../transformer/messages.js';
import type { EndCause, WorkerTally } from './worker-tally.js';

const FILE = fileURLToPath(new URL('../transformer/transformer.js', import.meta.url));
const MAX_HEAP_MB = 192;

interface Pending {
  readonly id: number;
  readonly resolve: (bytes: Uint8Array | undefined) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs transformations in a process of its own, started with the first one. It inherits the low priority of this
 * thread, has no environment, and ends with this thread. One that takes too long is killed, with the processes that its
 * libraries have started; the next transformation starts another one.
 */
export class TransformerProcess {
  private child?: ChildProcess;
  private pending?: Pending;
  private nextId = 0;

  constructor(
    private readonly timeoutMs: number,
    private readonly tally: Pick<WorkerTally, 'ends'>,
  ) {}

  /**
   * @param transformation of one asset at a time
   * @returns undefined if nothing can be gained
   * @throws Error if the asset is damaged, or the process ends or takes too long
   */
  async run(bytes: Uint8Array, transformation: Transformation): Promise<Uint8Array | undefined> {
    const child = (this.child ??= this.start());
    const id = ++this.nextId;
    const timer = setTimeout(() => this.expire(child), this.timeoutMs);
    try {
      return await new Promise((resolve, reject) => {
        this.pending = { id, resolve, reject };
        child.send({ id, bytes, transformation } satisfies TransformMessage);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  private start(): ChildProcess {
    const execArgv = [`--max-old-space-size=${MAX_HEAP_MB}`];
    const child = fork(FILE, {
      execArgv,
      env: {},
      detached: true, // it leads a group
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('message', (result: TransformedMessage) => this.onResult(result));
    child.on('exit', (code, signal) =>
      this.fail(child, `the transforming process ended (${signal ?? code})`, 'crashed'),
    );
    child.on('error', (error) => this.fail(child, error.message, 'crashed'));
    return child;
  }

  private onResult(result: TransformedMessage): void {
    const { pending } = this;
    if (pending?.id !== result.id) return;
    this.pending = undefined;
    if (result.type === 'failed') pending.reject(new Error(result.reason));
    else pending.resolve(result.bytes);
  }

  private expire(child: ChildProcess): void {
    this.fail(child, 'the transformation took too long', 'timed_out');
  }

  private fail(child: ChildProcess, reason: string, cause: EndCause): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.tally.ends[cause] += 1;
    endGroup(child);
    this.pending?.reject(new Error(reason));
    this.pending = undefined;
  }
}

/** Ends a process that leads a group, and those that it has started. They may go on when it has ended. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All have ended.
  }
}
