import { dependencySeconds } from '../harness/dependency-time.mjs';

/**
 * Database operations that a first token waits for, and the share of their time that it does: of the three calls that
 * job.claim makes for a message, the third comes after the answer, and finds that the chat has nothing more to do.
 */
const ON_THE_WAY = { 'chat.find': 1, 'job.create': 1, 'job.claim': 2 / 3, 'job.context': 1 };

/** Adds up the time that one way's messages waited for the database, over the stretches that it is told of. */
export class DatabaseTime {
  #messages = 0;
  #seconds = new Map(Object.keys(ON_THE_WAY).map((operation) => [operation, 0]));

  /** @param {string[]} managementUrls of the services on the way; with none, no time is found */
  constructor(managementUrls) {
    this.managementUrls = managementUrls;
  }

  /**
   * Counts what the database took while `task` was done.
   * @template Result
   * @param {number} messages that the task sends
   * @param {() => Promise<Result>} task
   * @returns {Promise<Result>}
   */
  async during(messages, task) {
    const before = await this.#read();
    const result = await task();
    const after = await this.#read();
    this.#messages += messages;
    for (const [operation, sum] of this.#seconds)
      this.#seconds.set(operation, sum + (after.get(operation) ?? 0) - (before.get(operation) ?? 0));
    return result;
  }

  /** @returns {{operation: string, ms: number}[]} mean time per message, in ms */
  get meanMs() {
    return [...this.#seconds].map(([operation, seconds]) => ({
      operation,
      ms: (seconds * 1000 * ON_THE_WAY[operation]) / this.#messages,
    }));
  }

  #read() {
    return dependencySeconds(this.managementUrls, 'mongodb');
  }
}
