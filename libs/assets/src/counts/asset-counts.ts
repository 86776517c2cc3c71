import type { ContentCoding } from '@slipstream/http';
import type { DeltaCoding, Made, Task } from '../worker/messages.js';
import type { WorkerReport } from '../worker/worker-tally.js';

/** `compression`: the content stays the same. */
export type AssetKind = 'script' | 'style' | 'svg' | 'image' | 'font' | 'compression' | 'difference' | 'dictionary';

/**
 * `smaller`, `not_smaller`: compared with the stored asset. `untransformed`: coded, but its transformation failed.
 * `refused`: the queue was full.
 */
export type AssetOutcome = 'smaller' | 'not_smaller' | 'untransformed' | 'failed' | 'refused';

/** Assets of one kind, coding and outcome. */
export interface AssetCount {
  readonly kind: AssetKind;
  readonly coding: ContentCoding | DeltaCoding | 'identity';
  readonly outcome: AssetOutcome;
  readonly count: number;
}

/** The folder of finished assets. */
export interface AssetStoreFigures {
  /** Absent until this process has used it. */
  readonly bytes?: number;
  readonly evictions: number;
  readonly writeErrors: number;
  /** Why the last file could not be written. Absent: every file could. */
  readonly lastError?: string;
}

/** Counts of an optimizer since its start. */
export class AssetCounts {
  /** Ends during a task, each of which costs one asset. */
  readonly ends = { thread: { crashed: 0, timed_out: 0 }, transformer: { crashed: 0, timed_out: 0 } };
  readonly store: { -readonly [Name in keyof AssetStoreFigures]: AssetStoreFigures[Name] } = {
    evictions: 0,
    writeErrors: 0,
  };
  private readonly byLabels = new Map<string, AssetCount>();
  private readonly savedByKind = new Map<AssetKind, number>();

  get variants(): readonly AssetCount[] {
    return [...this.byLabels.values()];
  }

  /** Bytes by which the new forms are smaller than the assets as they were stored. */
  get savedBytes(): Partial<Readonly<Record<AssetKind, number>>> {
    return Object.fromEntries(this.savedByKind);
  }

  refused(task: Task): void {
    this.add(task, 'refused', codingWanted(task));
  }

  /** @param made undefined: it failed */
  ended(task: Task, made: Made | undefined): void {
    if (!made) return this.add(task, 'failed', codingWanted(task));
    const saved = task.type === 'combine' ? 0 : task.bytes.length - made.bytes.length;
    if (saved > 0) this.savedByKind.set(kindOf(task), (this.savedByKind.get(kindOf(task)) ?? 0) + saved);
    const coding = task.type === 'recode' ? made.coding : codingWanted(task);
    if (made.failure !== undefined) this.add(task, 'untransformed', coding);
    else this.add(task, saved > 0 || task.type === 'combine' ? 'smaller' : 'not_smaller', coding);
  }

  reported({ evictions, writeErrors, ends, storeBytes, lastError }: WorkerReport): void {
    this.store.evictions += evictions;
    this.store.writeErrors += writeErrors;
    this.store.bytes = storeBytes ?? this.store.bytes;
    this.store.lastError = lastError ?? this.store.lastError;
    this.ends.transformer.crashed += ends.crashed;
    this.ends.transformer.timed_out += ends.timed_out;
  }

  private add(task: Task, outcome: AssetOutcome, coding: AssetCount['coding'] = 'identity'): void {
    const labels = { kind: kindOf(task), coding, outcome } as const;
    const name = Object.values(labels).join(' ');
    this.byLabels.set(name, { ...labels, count: (this.byLabels.get(name)?.count ?? 0) + 1 });
  }
}

function kindOf(task: Task): AssetKind {
  if (task.type === 'combine') return 'dictionary';
  return task.type === 'delta' ? 'difference' : (task.transformation?.type ?? 'compression');
}

const codingWanted = (task: Task): ContentCoding | DeltaCoding | undefined =>
  task.type === 'combine' ? 'br' : task.to;
