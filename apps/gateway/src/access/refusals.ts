import { AccessError } from '@slipstream/access';
import type { ErrorCode } from '@slipstream/contracts';
import { collect, type Logger, type Registry } from '@slipstream/telemetry';

/** Where a caller was refused. */
export type RefusedAt = '/v1' | 'native' | 'admin';

/** Refusals of one kind since the last line about them. */
interface Kind {
  readonly at: RefusedAt;
  readonly reason: ErrorCode;
  total: number;
  sinceLine: number;
  readonly addresses: Set<string>;
  timer?: NodeJS.Timeout;
}

const INTERVAL_MS = 60_000;
/** Largest number of addresses in a line. */
const MAX_ADDRESSES = 5;

/**
 * Counts and logs callers that are refused because of their key. The first refusal of a kind is logged at once, the
 * others once a minute in one line, so that no caller can flood the log.
 */
export class Refusals {
  private readonly kinds = new Map<string, Kind>();

  constructor(
    registry: Registry,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {
    collect(registry, {
      type: 'counter',
      name: 'slipstream_access_refused_total',
      help:
        'Calls that were refused because of their key or their caller, by place (/v1, native, admin) and reason ' +
        '(the code of the error).',
      labelNames: ['at', 'reason'],
      read: () => [...this.kinds.values()].map(({ at, reason, total }) => [{ at, reason }, total] as const),
    });
  }

  /** Records the error if it refuses a caller. @param address of the client */
  note(at: RefusedAt, error: unknown, address: string): void {
    if (!(error instanceof AccessError)) return;
    const kind = this.kindOf(at, error.code);
    kind.total += 1;
    kind.sinceLine += 1;
    if (kind.addresses.size <= MAX_ADDRESSES) kind.addresses.add(address);
    if (!kind.timer) this.log(kind, 0);
  }

  close(): void {
    for (const { timer } of this.kinds.values()) clearTimeout(timer);
  }

  private kindOf(at: RefusedAt, reason: ErrorCode): Kind {
    const key = `${at} ${reason}`;
    let kind = this.kinds.get(key);
    if (!kind) this.kinds.set(key, (kind = { at, reason, total: 0, sinceLine: 0, addresses: new Set() }));
    return kind;
  }

  private log(kind: Kind, seconds: number): void {
    const { at, reason, sinceLine: count, addresses } = kind;
    const named = [...addresses].slice(0, MAX_ADDRESSES);
    const calls = seconds === 0 ? `a call on ${at}` : `${count} calls on ${at} in ${seconds} s`;
    const from = `${named.join(', ')}${addresses.size > MAX_ADDRESSES ? ' and others' : ''}`;
    this.logger.warn(
      { at, reason, count, addresses: named },
      `refused ${calls}: ${reason.replaceAll('_', ' ')}; from ${from}`,
    );
    kind.sinceLine = 0;
    kind.addresses.clear();
    kind.timer = setTimeout(() => {
      kind.timer = undefined;
      if (kind.sinceLine > 0) this.log(kind, INTERVAL_MS / 1000);
    }, INTERVAL_MS).unref();
  }
}
