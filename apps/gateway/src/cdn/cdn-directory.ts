import type { CdnView } from '@slipstream/contracts';
import type { ProcessGroup } from '@slipstream/runtime';
import type { Edge } from './edge.js';

const TOPIC = 'cdn';

type Purges = NonNullable<CdnView['purges']>;
type Figures = Omit<CdnView, 'processes'>;

/** Source of `GET /admin/cdn`: the network as all processes of this gateway see it. */
export class CdnDirectory {
  constructor(
    edge: Edge | undefined,
    private readonly group: Pick<ProcessGroup, 'gather' | 'onGather'>,
  ) {
    group.onGather(TOPIC, (): Figures => ({ url: edge?.url, purges: edge?.purges?.status }));
  }

  async view(): Promise<CdnView> {
    const { answers } = await this.group.gather(TOPIC);
    const all = answers as Figures[];
    const purges = all.flatMap((each) => each.purges ?? []);
    return {
      processes: all.length,
      url: all[0]?.url,
      purges: purges.length > 0 ? purges.reduce(added) : undefined,
    };
  }
}

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
