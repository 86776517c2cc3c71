import type { Load } from './member.js';

/** What each backend has under way, by its URL. */
export type Loads = Readonly<Record<string, Readonly<Load>>>;

/** Reports are sent a few times a second; who was not heard of for this long has nothing under way that we know of. */
const EXPIRY_MS = 2_000;
/** Bounds what a flood of made-up senders could fill. */
const MAX_SENDERS = 10_000;

/**
 * What the other gateways and processes have under way: each says so a few times a second, and the sum is added to
 * our own counts when a backend is chosen. A request itself asks nobody.
 */
export class LoadBoard {
  private readonly reports = new Map<string, { loads: Loads; atMs: number }>();

  /** @param sender unique per process; its newest report replaces those before */
  receive(sender: string, loads: Loads, nowMs: number): void {
    if (this.reports.size >= MAX_SENDERS && !this.reports.has(sender)) return;
    this.reports.set(sender, { loads, atMs: nowMs });
  }

  /** The sum of what is current. Forgets what is not. */
  totals(nowMs: number): Loads {
    const totals: Record<string, Load> = Object.create(null) as Record<string, Load>;
    for (const [sender, { loads, atMs }] of this.reports) {
      if (nowMs - atMs > EXPIRY_MS) this.reports.delete(sender);
      else for (const [url, load] of Object.entries(loads)) add((totals[url] ??= { requests: 0, sessions: 0 }), load);
    }
    return totals;
  }
}

function add(total: Load, { requests, sessions }: Readonly<Load>): void {
  total.requests += requests;
  total.sessions += sessions;
}
