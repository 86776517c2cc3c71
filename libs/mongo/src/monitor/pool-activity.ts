import { DurationHistogram } from '@slipstream/telemetry';
import type { mongo } from 'mongoose';

/**
 * Activity of this process's connection pools, counted from the driver's pool events: one pool for each server.
 * @see
 *   https://github.com/mongodb/specifications/blob/master/source/connection-monitoring-and-pooling/connection-monitoring-and-pooling.md
 */
export class PoolActivity {
  /** Operations that wait for a connection now. */
  waiting = 0;
  /** Connections that operations use now. */
  inUse = 0;
  created = 0;
  /** Connections closed, by the driver's reason (`idle`, `stale`, `error`, `poolClosed`). */
  readonly closed = new Map<string, number>();
  /** Waits that ended without a connection, by the driver's reason (`timeout`, `connectionError`, `poolClosed`). */
  readonly failedWaits = new Map<string, number>();
  /** Waits for a connection that ended with one. */
  readonly waits = new DurationHistogram();
  /** Open connections of each server. */
  private readonly connections = new Map<string, Set<number | '<monitor>'>>();
  /** Ids of connections that need no look-up by their server: the driver builds that address anew for each event. */
  private readonly known = new Set<number | '<monitor>'>();

  /** Connections that are open now, in use or idle. */
  get open(): number {
    return [...this.connections.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Connections that are open and not used now. */
  get idle(): number {
    return Math.max(0, this.open - this.inUse);
  }

  /** Counts what a client's pools do from now on; the counts of an earlier client stay. */
  watch(client: mongo.MongoClient): void {
    this.connections.clear();
    this.known.clear();
    this.waiting = this.inUse = 0;
    client.on('connectionCreated', (event) => {
      this.created += 1;
      this.opened(event);
    });
    client.on('connectionClosed', (event) => {
      this.connections.get(event.address)?.delete(event.connectionId);
      this.known.delete(event.connectionId);
      increment(this.closed, event.reason);
    });
    client.on('connectionCheckOutStarted', () => void (this.waiting += 1));
    client.on('connectionCheckedOut', (event) => this.checkedOut(event));
    client.on('connectionCheckOutFailed', ({ reason }) => {
      this.waiting = Math.max(0, this.waiting - 1);
      increment(this.failedWaits, reason);
    });
    client.on('connectionCheckedIn', () => void (this.inUse = Math.max(0, this.inUse - 1)));
  }

  private checkedOut(event: mongo.ConnectionCheckedOutEvent): void {
    this.waiting = Math.max(0, this.waiting - 1);
    this.inUse += 1;
    if (!this.known.has(event.connectionId)) this.opened(event); // created before anything was watched
    this.waits.observe(event.durationMS / 1000);
  }

  private opened({ address, connectionId }: mongo.ConnectionCheckedOutEvent | mongo.ConnectionCreatedEvent): void {
    this.known.add(connectionId);
    const ids = this.connections.get(address);
    if (ids) ids.add(connectionId);
    else this.connections.set(address, new Set([connectionId]));
  }
}

const increment = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1);
