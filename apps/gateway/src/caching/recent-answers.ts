import type { CacheStatistics } from '@slipstream/contracts';
import type { CacheOutcome } from '@slipstream/http-cache';

/** Requests that a stored answer may serve, and the part of them that no backend answered for one client alone. */
export interface RecentCounts {
  answers: number;
  hits: number;
}

/** Length of the window: the running minute and those before it. */
export const WINDOW_MINUTES = 5;
/** Name of the counts of requests that no rule matches. */
export const NO_RULE = 'none';
const MINUTE_MS = 60_000;
const IS_HIT: Readonly<Record<CacheOutcome, boolean | undefined>> = {
  hit: true,
  stale: true,
  revalidated: true,
  collapsed: true,
  miss: false,
  unstored: false,
  bypassed: undefined,
  refused: undefined,
};

/** Counts of the last minutes by the pattern of the rule. There are as many names as rules. */
export class RecentAnswers {
  /** The running minute is the last one. */
  private readonly minutes: Map<string, RecentCounts>[] = [new Map()];
  private readonly timer = setInterval(() => this.beginMinute(), MINUTE_MS).unref();

  answered(outcome: CacheOutcome, rule = NO_RULE): void {
    const isHit = IS_HIT[outcome];
    if (isHit === undefined) return;
    const counts = countsOf(rule, this.minutes.at(-1)!);
    counts.answers += 1;
    if (isHit) counts.hits += 1;
  }

  get byRule(): Record<string, RecentCounts> {
    const sums = new Map<string, RecentCounts>();
    for (const [rule, { answers, hits }] of this.minutes.flatMap((minute) => [...minute])) {
      const sum = countsOf(rule, sums);
      sum.answers += answers;
      sum.hits += hits;
    }
    return Object.fromEntries(sums);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private beginMinute(): void {
    this.minutes.push(new Map());
    if (this.minutes.length > WINDOW_MINUTES) this.minutes.shift();
  }
}

function countsOf(rule: string, minute: Map<string, RecentCounts>): RecentCounts {
  const known = minute.get(rule);
  if (known) return known;
  const counts = { answers: 0, hits: 0 };
  minute.set(rule, counts);
  return counts;
}

/** @param rules counts of all processes by the pattern of the rule */
export function recentStatistics(
  rules: Record<string, RecentCounts>,
): NonNullable<CacheStatistics['responses']>['recent'] {
  const all = Object.values(rules);
  return {
    minutes: WINDOW_MINUTES,
    hitRatio: hitRatio({
      answers: all.reduce((sum, { answers }) => sum + answers, 0),
      hits: all.reduce((sum, { hits }) => sum + hits, 0),
    }),
    rules: Object.fromEntries(
      Object.entries(rules).map(([rule, counts]) => [rule, { ...counts, hitRatio: hitRatio(counts) }]),
    ),
  };
}

const hitRatio = ({ answers, hits }: RecentCounts): number | undefined => (answers === 0 ? undefined : hits / answers);
