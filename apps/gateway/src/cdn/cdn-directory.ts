import type { CdnView } from '@slipstream/contracts';
import type { ProcessGroup } from '@slipstream/runtime';
import type { Edge } from './edge.js';
import type { EdgeFindings, EdgeHealth } from './edge-health.js';

const TOPIC = 'cdn';

type Purges = NonNullable<CdnView['purges']>;
type Health = NonNullable<CdnView['health']>;
type Figures = Omit<CdnView, 'processes'>;

/** Source of `GET /admin/cdn`: the network as all processes of this gateway see it. */
export class CdnDirectory {
  constructor(
    edge: Edge | undefined,
    private readonly group: Pick<ProcessGroup, 'gather' | 'onGather'>,
  ) {
    group.onGather(TOPIC, (): Figures => ({
      url: edge?.url,
      health: edge?.health && healthOf(edge.health),
      purges: edge?.purges?.status,
    }));
  }

  async view(): Promise<CdnView> {
    const { answers } = await this.group.gather(TOPIC);
    const all = answers as Figures[];
    const purges = all.flatMap((each) => each.purges ?? []);
    const healths = all.flatMap((each) => each.health ?? []);
    return {
      processes: all.length,
      url: all[0]?.url,
      health: healths.length > 0 ? healths.reduce(joined) : undefined,
      purges: purges.length > 0 ? purges.reduce(added) : undefined,
    };
  }
}

const healthOf = ({ isHealthy, reason, findings }: EdgeHealth): Health => ({ isHealthy, reason, findings });

const joined = (one: Health, other: Health): Health => ({
  isHealthy: one.isHealthy && other.isHealthy,
  reason: one.reason ?? other.reason,
  findings: Object.fromEntries(
    Object.entries(one.findings).map(([type, count]) => [type, count + other.findings[type as keyof EdgeFindings]]),
  ) as EdgeFindings,
});

const added = (one: Purges, other: Purges): Purges => ({
  pending: one.pending + other.pending,
  oldestMs: largest(one.oldestMs, other.oldestMs),
  calls: {
    done: one.calls.done + other.calls.done,
    later: one.calls.later + other.calls.later,
    rejected: one.calls.rejected + other.calls.rejected,
  },
  lastFailure: one.lastFailure ?? other.lastFailure,
});

const largest = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
