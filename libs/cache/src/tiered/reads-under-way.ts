/** One read of a lower tier, whose result may be kept unless the key was invalidated meanwhile. */
export interface ReadUnderWay {
  readonly isCurrent: boolean;
  end(): void;
}

interface Shared {
  callers: number;
}

/** The running reads by key. An invalidation ends their right to keep the result, which may be older. */
export class ReadsUnderWay {
  private readonly reads = new Map<string, Shared>();

  begin(key: string): ReadUnderWay {
    const shared = this.reads.get(key) ?? { callers: 0 };
    shared.callers += 1;
    this.reads.set(key, shared);
    return new OwnRead(this.reads, key, shared);
  }

  invalidate(key: string): void {
    this.reads.delete(key);
  }

  invalidateAll(): void {
    this.reads.clear();
  }
}

class OwnRead implements ReadUnderWay {
  private isOver = false;

  constructor(
    private readonly reads: Map<string, Shared>,
    private readonly key: string,
    private readonly shared: Shared,
  ) {}

  get isCurrent(): boolean {
    return this.reads.get(this.key) === this.shared;
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.shared.callers -= 1;
    if (this.shared.callers === 0 && this.isCurrent) this.reads.delete(this.key);
  }
}
