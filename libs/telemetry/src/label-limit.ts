const OTHER = 'other';

/**
 * Keeps a label's set of values bounded: the first `maxValues` different ones pass, all later ones become `other`.
 * Each value is a time series that Prometheus keeps, so a name that comes from outside must never become one unchecked.
 */
export class LabelLimit {
  private readonly seen = new Set<string>();

  constructor(private readonly maxValues: number) {}

  bound(value: string): string {
    if (this.seen.has(value)) return value;
    if (this.seen.size >= this.maxValues) return OTHER;
    this.seen.add(value);
    return value;
  }
}
