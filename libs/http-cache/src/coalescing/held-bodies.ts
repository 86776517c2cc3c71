import type { BodyBudget } from './body-budget.js';

/** Smaller bodies are written in one piece. */
const MIN_BYTES = 64 * 1024;

interface Held {
  /** Records of the store that have this body. */
  records: number;
  /** Clients that have not received all of it yet. */
  readers: number;
}

/**
 * Whole bodies that slow clients read. The store counts its own bodies. A body outside of the store counts against the
 * budget of running bodies until its last reader has finished. While that budget is used up, nothing more is stored. So
 * clients cannot make the process hold more than both limits together.
 */
export class HeldBodies {
  /** By memory, because parts of one body are the same body. */
  private readonly held = new Map<ArrayBufferLike, Held>();

  constructor(private readonly budget: BodyBudget) {}

  /** The store has added the body. */
  stored(body: Buffer): void {
    this.change(body, 1, 0);
  }

  /** The store has dropped the body. */
  dropped(body: Buffer): void {
    this.change(body, -1, 0);
  }

  /** @returns a function to be called once, when the client reads no more of it */
  read(body: Buffer): () => void {
    this.change(body, 0, 1);
    return () => this.change(body, 0, -1);
  }

  private change({ buffer }: Buffer, records: number, readers: number): void {
    if (buffer.byteLength <= MIN_BYTES) return;
    const before = this.held.get(buffer) ?? { records: 0, readers: 0 };
    const after = { records: before.records + records, readers: before.readers + readers };
    if (isOrphan(after) && !isOrphan(before)) this.budget.hold(buffer.byteLength);
    if (isOrphan(before) && !isOrphan(after)) this.budget.giveBack(buffer.byteLength);
    if (after.records + after.readers === 0) this.held.delete(buffer);
    else this.held.set(buffer, after);
  }
}

const isOrphan = ({ records, readers }: Held): boolean => records === 0 && readers > 0;
