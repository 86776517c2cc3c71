import type { RedisConnections } from './redis-connections.js';

/** Receives messages of other processes on a topic. Must not throw. */
export type BusListener = (message: unknown) => void;

/** Publishes messages to every process of a deployment. A process without a connection misses them. */
export interface MessageBus {
  /** Never fails and never waits: while the bus is unreachable, messages are lost. @param message plain JSON */
  publish(topic: string, message: object): void;
  /**
   * @param listener receives messages of other processes and of this one; unvalidated.
   * @returns a function that unsubscribes
   */
  subscribe(topic: string, listener: BusListener): () => void;
}

/** No valid message comes near this length. */
const MAX_LENGTH = 1024 * 1024;

/** The bus on Redis pub/sub. @param prefix of the channels */
export const redisBus = (redis: RedisConnections, prefix: string): MessageBus => ({
  publish(topic, message) {
    if (redis.isReady)
      redis
        .run('bus.publish', (commands) => commands.publish(`${prefix}bus:${topic}`, JSON.stringify(message)))
        .catch(() => {}); // unreachable: it is lost
  },
  subscribe: (topic, listener) =>
    redis.subscriber.subscribe(`${prefix}bus:${topic}`, (text) => {
      const message = text.length <= MAX_LENGTH ? parse(text) : undefined;
      if (message !== undefined) listener(message);
    }),
});

/** The bus of a single process: it has no receivers. */
export const silentBus: MessageBus = { publish: () => {}, subscribe: () => () => {} };

/** Publishes every message on each bus. A second delivery must have no effect. */
export const joinedBus = (buses: readonly MessageBus[]): MessageBus => ({
  publish(topic, message) {
    for (const bus of buses) bus.publish(topic, message);
  },
  subscribe(topic, listener) {
    const leave = buses.map((bus) => bus.subscribe(topic, listener));
    return () => {
      for (const each of leave) each();
    };
  },
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
