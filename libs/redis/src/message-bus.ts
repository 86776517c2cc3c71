import type { RedisConnections } from './redis-connections.js';

/** Receives what others publish to a topic. Must not throw. */
export type BusListener = (message: unknown) => void;

/** Tells every process of a deployment something, now: who is not there misses it. */
export interface MessageBus {
  /** Never fails and never waits: while the bus is away, messages are lost. @param message plain JSON */
  publish(topic: string, message: object): void;
  /**
   * @param listener told of what others publish, and of what this process does; unchecked.
   * @returns a function that stops it
   */
  subscribe(topic: string, listener: BusListener): () => void;
}

/** No message of ours is nearly as long. */
const MAX_LENGTH = 1024 * 1024;

/** The bus by Redis's pub/sub. @param prefix of the channels */
export const redisBus = (redis: RedisConnections, prefix: string): MessageBus => ({
  publish(topic, message) {
    if (redis.isReady)
      redis
        .run('bus.publish', (commands) => commands.publish(`${prefix}bus:${topic}`, JSON.stringify(message)))
        .catch(() => {}); // away: it is lost
  },
  subscribe: (topic, listener) =>
    redis.subscriber.subscribe(`${prefix}bus:${topic}`, (text) => {
      const message = text.length <= MAX_LENGTH ? parse(text) : undefined;
      if (message !== undefined) listener(message);
    }),
});

/** The bus of a process that is alone: there is nobody to tell. */
export const silentBus: MessageBus = { publish: () => {}, subscribe: () => () => {} };

/** Everything is said over each of them: who hears it twice must learn nothing the second time. */
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
