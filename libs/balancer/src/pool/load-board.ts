/** Requests under way at each backend, by its URL. */
export type Loads = Readonly<Record<string, number>>;

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
  totals(nowMs: number): ReadonlyMap<string, number> {
    const totals = new Map<string, number>();
    for (const [sender, { loads, atMs }] of this.reports) {
      if (nowMs - atMs > EXPIRY_MS) this.reports.delete(sender);
      else for (const [url, count] of Object.entries(loads)) totals.set(url, (totals.get(url) ?? 0) + count);
    }
    return totals;
  }
}
