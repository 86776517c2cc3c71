/** Position of a stored value: it includes all purges of its epoch up to this number. */
export interface PurgePosition {
  /** Name of the epoch. A value of another epoch is never used. */
  readonly epoch: string;
  readonly number: number;
}

/** An entry of the log. */
export interface PurgeEntry {
  readonly number: number;
  readonly nonce: string;
  /** Absent: the first entry of an epoch, which purges nothing. */
  readonly text?: string;
}

/** The known purges of one epoch, which are a prefix of those in the log. */
export class PurgeEpoch {
  private lastNumber = 0;
  private lastNonce = '';

  constructor(
    readonly ordinal: number,
    readonly name: string,
  ) {}

  /** Number of the last known purge. */
  get number(): number {
    return this.lastNumber;
  }

  get nonce(): string {
    return this.lastNonce;
  }

  /** Whether an entry directly follows the last known one. */
  isNext(number: number, previousNonce: string): boolean {
    return number === this.lastNumber + 1 && previousNonce === this.lastNonce;
  }

  isAt(number: number, nonce: string): boolean {
    return number === this.lastNumber && nonce === this.lastNonce;
  }

  advance({ number, nonce }: PurgeEntry): void {
    this.lastNumber = number;
    this.lastNonce = nonce;
  }
}

/** @param entries as XRANGE returns them */
export function parseEntries(entries: readonly [id: string, fields: string[]][]): PurgeEntry[] {
  return entries.map(([id, fields]) => ({
    number: Number(id.split('-', 1)[0]),
    nonce: fields[1] ?? '',
    text: fields[3],
  }));
}
