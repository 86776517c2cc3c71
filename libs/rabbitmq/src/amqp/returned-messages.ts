/**
 * Returned messages whose confirm is still to come (the return always precedes it). Counted by id, because the same
 * message can be sent twice at a time.
 */
export class ReturnedMessages {
  private readonly counts = new Map<string, number>();

  add(id: string): void {
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
  }

  /** @returns whether the message was returned */
  take(id: string): boolean {
    const count = this.counts.get(id);
    if (count === undefined) return false;
    if (count > 1) this.counts.set(id, count - 1);
    else this.counts.delete(id);
    return true;
  }

  clear(): void {
    this.counts.clear();
  }
}
