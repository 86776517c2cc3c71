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
    const isCurrent = (): boolean => this.reads.get(key) === shared;
    let isOver = false;
    return {
      get isCurrent() {
        return isCurrent();
      },
      end: () => {
        if (isOver) return;
        isOver = true;
        shared.callers -= 1;
        if (shared.callers === 0 && isCurrent()) this.reads.delete(key);
      },
    };
  }

  invalidate(key: string): void {
    this.reads.delete(key);
  }

  invalidateAll(): void {
    this.reads.clear();
  }
}
