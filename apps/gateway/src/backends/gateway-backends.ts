import { backendView, type BackendView } from '@slipstream/contracts';
import type { ProcessGroup } from '@slipstream/runtime';
import type { PoolDirectory } from './pool-directory.js';

const TOPIC = 'backends';

/** From worst to best: the state of a backend is the worst that a process reports. */
const STATES = backendView.shape.state.options;

/** The backends, combined over all processes of this gateway. */
export class GatewayBackends {
  constructor(
    private readonly pools: Pick<PoolDirectory, 'list'>,
    private readonly group: Pick<ProcessGroup, 'gather' | 'onGather'>,
  ) {
    group.onGather(TOPIC, () => pools.list());
  }

  async list(): Promise<BackendView[]> {
    const { answers } = await this.group.gather(TOPIC);
    const seen = Map.groupBy((answers as BackendView[][]).flat(), keyOf);
    return this.pools.list().map((own) => together(own, seen.get(keyOf(own)) ?? [own]));
  }
}

const keyOf = ({ pool, id }: BackendView): string => `${pool} ${id}`;

/** @param own as reported by this process @param all as reported by each process, this one included */
function together(own: BackendView, all: readonly BackendView[]): BackendView {
  const requests = sum(all, (each) => each.own.requests);
  const sessions = sum(all, (each) => each.own.sessions);
  const worst = all
    .filter(({ isDraining }) => isDraining === own.isDraining) // the others have not received the change yet
    .reduce((a, b) => (STATES.indexOf(b.state) < STATES.indexOf(a.state) ? b : a), own);
  return {
    ...own,
    state: worst.state,
    reason: worst.reason,
    own: { requests, sessions },
    // This process receives messages of other gateways, and of the processes of its own gateway.
    other: {
      requests: Math.max(0, own.own.requests + own.other.requests - requests),
      sessions: Math.max(0, own.own.sessions + own.other.sessions - sessions),
    },
    latencyMs: Math.max(...all.map(({ latencyMs }) => latencyMs)),
    answers: Object.fromEntries(
      Object.keys(own.answers).map((status) => [status, sum(all, ({ answers }) => answers[status] ?? 0)]),
    ),
    ejections: sum(all, ({ ejections }) => ejections),
    retries: sum(all, ({ retries }) => retries),
  };
}

const sum = (all: readonly BackendView[], read: (view: BackendView) => number): number =>
  all.reduce((total, each) => total + read(each), 0);
