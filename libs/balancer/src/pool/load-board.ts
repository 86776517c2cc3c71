import type { Load } from './pooled-backend.js';

/** Load of each backend, by its URL. */
export type Loads = Readonly<Record<string, Readonly<Load>>>;

/** Reports of the other processes about one pool. */
export interface OtherReports {
  /** Sum of their loads. */
  loads: Loads;
  /** Number of processes that have running or waiting requests. */
  senders: number;
  /** Start of the longest current wait in any of them, on this process's clock; undefined if no request waits. */
  waitingSinceMs?: number;
}

/** Processes report a few times a second. After this time without a report, a process counts as idle. */
const EXPIRY_MS = 2_000;
/** Bounds the memory that forged senders could fill. */
const MAX_SENDERS = 10_000;

/**
 * Load of the other gateways and processes. Each publishes it a few times a second, and a pick adds the sum to the
 * counts of this process. A request itself sends no query.
 */
export class LoadBoard {
  private readonly reports = new Map<string, { loads: Loads; atMs: number; waitingSinceMs?: number }>();

  /**
   * @param sender unique per process; its latest report replaces the one before
   * @param waitingMs duration of its longest current wait; absent if no request waits
   */
  receive(sender: string, loads: Loads, nowMs: number, waitingMs?: number): void {
    if (this.reports.size >= MAX_SENDERS && !this.reports.has(sender)) return;
    this.reports.set(sender, {
      loads,
      atMs: nowMs,
      waitingSinceMs: waitingMs === undefined ? undefined : nowMs - waitingMs,
    });
  }

  /** Returns the sum of the current reports, and drops expired ones. */
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
