import { currentContext } from '@slipstream/telemetry';

/** Reads that are further apart belong to a long piece of work, such as an event stream, and are no loop. */
const WINDOW_MS = 1000;

interface Burst {
  count: number;
  readonly begunAtMs: number;
}

/** How often the running request or job sends each query shape in a second. */
export class WorkReads {
  private readonly bursts = new WeakMap<object, Map<unknown, Burst>>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /**
   * @param shape compared by identity
   * @returns how many queries of the shape the running work has sent within a second; 1 outside of any work
   */
  add(shape: unknown): number {
    const work = currentContext();
    if (!work) return 1;
    let bursts = this.bursts.get(work);
    if (!bursts) this.bursts.set(work, (bursts = new Map()));
    const now = this.nowMs();
    const burst = bursts.get(shape);
    if (burst && now - burst.begunAtMs < WINDOW_MS) return (burst.count += 1);
    bursts.set(shape, { count: 1, begunAtMs: now });
    return 1;
  }
}
