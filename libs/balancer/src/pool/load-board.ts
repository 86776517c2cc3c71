import type { Load } from './pooled-backend.js';

/** What each backend has under way, by its URL. */
export type Loads = Readonly<Record<string, Readonly<Load>>>;

/** What the other processes report of one pool. */
export interface OtherReports {
  /** The sum of what they have under way. */
  loads: Loads;
  /** How many of them have requests under way or waiting. */
  senders: number;
  /** When the longest wait at any of them began, on this process's clock; undefined if nothing waits. */
  waitingSinceMs?: number;
}

/** Reports are sent a few times a second; who was not heard of for this long has nothing under way that we know of. */
const EXPIRY_MS = 2_000;
/** Bounds what a flood of made-up senders could fill. */
const MAX_SENDERS = 10_000;

/**
 * What the other gateways and processes have under way: each says so a few times a second, and the sum is added to
 * our own counts when a backend is chosen. A request itself asks nobody.
 */
export class LoadBoard {
  private readonly reports = new Map<string, { loads: Loads; atMs: number; waitingSinceMs?: number }>();

  /**
   * @param sender unique per process; its newest report replaces those before
   * @param waitingMs how long its longest-waiting request has waited; absent if none waits
   */
  receive(sender: string, loads: Loads, nowMs: number, waitingMs?: number): void {
    if (this.reports.size >= MAX_SENDERS && !this.reports.has(sender)) return;
    this.reports.set(sender, {
      loads,
      atMs: nowMs,
      waitingSinceMs: waitingMs === undefined ? undefined : nowMs - waitingMs,
    });
  }

  /** The sum of the current reports. Forgets the others. */
  totals(nowMs: number): OtherReports {
    const loads: Record<string, Load> = Object.create(null) as Record<string, Load>;
    const totals: OtherReports = { loads, senders: 0 };
    for (const [sender, report] of this.reports) {
      if (nowMs - report.atMs > EXPIRY_MS) {
        this.reports.delete(sender);
        continue;
      }
      for (const [url, load] of Object.entries(report.loads)) add((loads[url] ??= { requests: 0, sessions: 0 }), load);
      if (report.waitingSinceMs !== undefined)
        totals.waitingSinceMs = Math.min(report.waitingSinceMs, totals.waitingSinceMs ?? Infinity);
      if (report.waitingSinceMs !== undefined || Object.keys(report.loads).length > 0) totals.senders += 1;
    }
    return totals;
  }
}

function add(total: Load, { requests, sessions }: Readonly<Load>): void {
  total.requests += requests;
  total.sessions += sessions;
}
