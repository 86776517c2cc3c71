import type { Member } from '../pool/member.js';
import {
  ADMITTED,
  admitted,
  DEFAULT_EJECTION_TIMES,
  ejected,
  onTrial,
  type Ejection,
  type EjectionTimes,
} from './ejection.js';
import { afterRequest, emptyWindow } from './failure-window.js';
import { DEFAULT_OUTLIER_RULES, whyOutlier, type OutlierRules } from './outlier-rules.js';

/** Options of passive health: what is learnt from the requests themselves. */
export interface OutlierOptions extends Partial<OutlierRules>, Partial<EjectionTimes> {
  /**
   * At most this part of the pool is out at a time, 0 to 1. Default 0.5: a fault that all share is not cured by sending
   * all to a few.
   */
  maxEjectedRatio?: number;
}

/** What the detector stands on. */
export interface OutlierPorts {
  /** All of the pool. */
  members: () => Iterable<Member>;
  /** Monotonic, in ms. */
  now: () => number;
  /** After each change of a member's ejection. */
  onChange: (member: Member) => void;
}

/** Takes backends that answer worse than they should out of the pool for a while, and lets them back by a trial. */
export class OutlierDetector {
  private readonly rules: OutlierRules & EjectionTimes & { maxEjectedRatio: number };
  private readonly returns = new Map<Member, NodeJS.Timeout>();
  private isClosed = false;

  constructor(
    options: OutlierOptions,
    private readonly ports: OutlierPorts,
  ) {
    this.rules = { ...DEFAULT_OUTLIER_RULES, ...DEFAULT_EJECTION_TIMES, maxEjectedRatio: 0.5, ...options };
  }

  /**
   * A request has been answered, well or not; or it has failed, which is an error too.
   *
   * @param trial of which it was the request: only that one decides it, not those from before the ejection
   */
  report(member: Member, isError: boolean, trial?: Ejection, atMs = this.ports.now()): void {
    if (this.isClosed) return;
    member.errorsInARow = isError ? member.errorsInARow + 1 : 0;
    member.window = afterRequest(member.window, isError, atMs, this.rules.windowMs);
    const { state } = member.ejection;
    if (state === 'half-open' && trial === member.ejection) this.judge(member, isError);
    else if (state === 'admitted') this.examine(member, isError);
  }

  /** It has proved by other means that it is well. */
  reset(member: Member): void {
    this.forget(member);
    Object.assign(member, { ejection: ADMITTED, errorsInARow: 0, window: emptyWindow(this.ports.now()) });
  }

  /** It has left the pool. */
  forget(member: Member): void {
    clearTimeout(this.returns.get(member));
    this.returns.delete(member);
  }

  close(): void {
    this.isClosed = true;
    for (const timer of this.returns.values()) clearTimeout(timer);
    this.returns.clear();
  }

  private examine(member: Member, isError: boolean): void {
    if (!isError && this.rules.latencyFactor === 0) return;
    const { errorsInARow, window, latencyMs } = member;
    const why = whyOutlier(
      { errorsInARow, window, latencyMs, medianLatencyMs: this.medianLatencyOfOthers(member) },
      this.rules,
    );
    if (why !== undefined && this.mayEject()) this.eject(member, why);
  }

  private judge(member: Member, isError: boolean): void {
    if (isError) return this.eject(member, 'its half-open request failed');
    member.ejection = admitted(member.ejection, this.ports.now());
    this.ports.onChange(member);
  }

  private eject(member: Member, reason: string): void {
    const nowMs = this.ports.now();
    const ejection = ejected(member.ejection, reason, nowMs, this.rules);
    Object.assign(member, { ejection, errorsInARow: 0, window: emptyWindow(nowMs), ejections: member.ejections + 1 });
    if (ejection.state === 'ejected')
      this.returns.set(member, setTimeout(() => this.tryAgain(member), ejection.untilMs - nowMs).unref());
    this.ports.onChange(member);
  }

  private tryAgain(member: Member): void {
    this.returns.delete(member);
    member.ejection = onTrial(member.ejection);
    this.ports.onChange(member);
  }

  private mayEject(): boolean {
    const members = [...this.ports.members()];
    const out = members.filter(({ ejection }) => ejection.state !== 'admitted').length;
    return out + 1 <= members.length * this.rules.maxEjectedRatio;
  }

  private medianLatencyOfOthers(member: Member): number {
    if (this.rules.latencyFactor === 0) return 0;
    const known = [...this.ports.members()]
      .filter((other) => other !== member && other.latencyMs > 0)
      .map(({ latencyMs }) => latencyMs);
    return known.sort((a, b) => a - b)[Math.floor(known.length / 2)] ?? 0;
  }
}
