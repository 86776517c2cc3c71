import type { Member } from './member.js';

/** Part of its weight that a backend has when it comes back. */
const FIRST_SHARE = 0.1;
/** Steps in which it gets the rest. */
const STEPS = 20;

/** A recovered backend's part of its weight: from a tenth to all of it, in a straight line. */
export const slowStartShare = (elapsedMs: number, slowStartMs: number): number =>
  Math.min(1, Math.max(FIRST_SHARE, elapsedMs / slowStartMs));

/**
 * Gives recovered backends their load back little by little, while their caches fill and their connections are made.
 */
export class SlowStart {
  private readonly starting = new Set<Member>();
  private timer?: NodeJS.Timeout;

  /**
   * @param slowStartMs 0: at once
   * @param now monotonic, in ms
   * @param onWeight the weight of a member has changed
   */
  constructor(
    private slowStartMs: number,
    private readonly now: () => number,
    private readonly onWeight: (member: Member) => void = () => {},
  ) {}

  /** For the backends that recover from now on; those that do are at their full weight. */
  setDuration(slowStartMs: number): void {
    if (slowStartMs === this.slowStartMs) return;
    this.slowStartMs = slowStartMs;
    for (const member of [...this.starting]) {
      this.forget(member);
      this.reweigh(member);
    }
  }

  begin(member: Member): void {
    if (this.slowStartMs === 0) return;
    member.recoveredAtMs = this.now();
    this.starting.add(member);
    this.reweigh(member);
    this.timer ??= setInterval(() => this.step(), Math.max(1, this.slowStartMs / STEPS)).unref();
  }

  /** Sets the weight that it has now. */
  reweigh(member: Member): void {
    const { backend, recoveredAtMs } = member;
    const share = recoveredAtMs === undefined ? 1 : slowStartShare(this.now() - recoveredAtMs, this.slowStartMs);
    member.weight = backend.weight * share;
    this.onWeight(member);
    if (share === 1) this.forget(member);
  }

  forget(member: Member): void {
    member.recoveredAtMs = undefined;
    this.starting.delete(member);
    if (this.starting.size === 0) this.close();
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private step(): void {
    for (const member of this.starting) this.reweigh(member);
  }
}
