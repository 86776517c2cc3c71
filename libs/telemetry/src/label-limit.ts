const OTHER = 'other';

/**
 * Limits the values of a label: the first `maxValues` different ones pass, all later ones become `other`. Each value is
 * a time series in Prometheus, so names from outside must pass this limit.
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
