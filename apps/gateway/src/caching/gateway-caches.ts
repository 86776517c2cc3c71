import type { CacheStatistics } from '@slipstream/contracts';
import type { PatternCounts, ProcessGroup } from '@slipstream/runtime';
import { figuresOf, sumOf, type CacheFigures, type Caches } from './cache-figures.js';
import { recentStatistics } from './recent-answers.js';

const TOPIC = 'cache figures';

/** Source of `GET /admin/cache`: the caches of all processes of this gateway. */
export class GatewayCaches {
  constructor(
    caches: Caches,
    private readonly group: Pick<ProcessGroup, 'gather' | 'onGather'>,
  ) {
    group.onGather(TOPIC, () => figuresOf(caches));
  }

  async statistics(): Promise<CacheStatistics> {
    const { answers } = await this.group.gather(TOPIC);
    return { processes: answers.length, ...statisticsOf(sumOf(answers as CacheFigures[])) };
  }
}

function statisticsOf({
  busLagMs,
  objects: { memory, patterns },
  responses,
}: CacheFigures): Omit<CacheStatistics, 'processes'> {
  return {
    objects: {
      memory,
      busLagMs,
      patterns: Object.fromEntries(
        Object.entries(patterns).map(([pattern, counts]) => [pattern, patternStatistics(counts)]),
      ),
    },
    responses: responses && {
      ...responses,
      hitRatio: hitRatioOf(responses.answers),
      recent: recentStatistics(responses.recent),
    },
  };
}

function patternStatistics({
  reads,
  loads,
  loadSeconds,
  invalidations,
}: PatternCounts): CacheStatistics['objects']['patterns'][string] {
  const { memory, shared, stale, joined } = reads;
  return {
    hitRatio: ratio(memory + shared + stale + joined, reads),
    reads,
    loads,
    loadMs: loads === 0 ? undefined : (loadSeconds * 1000) / loads,
    invalidations,
  };
}

const hitRatioOf = (answers: NonNullable<CacheFigures['responses']>['answers']): number | undefined =>
  ratio(answers.hit + answers.stale + answers.collapsed, answers);

function ratio(part: number, counts: Readonly<Record<string, number>>): number | undefined {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return all === 0 ? undefined : part / all;
}
