import { silentBus, type MessageBus } from '@slipstream/redis';
import { GatheredAnswers, type GatherAnswer } from './gathered-answers.js';

/** Answers of a group's processes about a topic. */
export interface Gathered {
  /** Plain JSON, unvalidated: one answer per process that has one. */
  answers: unknown[];
  /** Number of processes, including silent ones. */
  size: number;
  /** Number of processes that did not answer in time. */
  silent: number;
  /** The supervisor did not answer: these are the data of this process alone. */
  isOwnOnly?: true;
}

/** The processes of one service on one machine, from the view of one of them. */
export interface ProcessGroup {
  /** Messages between them, without Redis and without a network. */
  bus: MessageBus;
  /** Sends a scatter-gather request to all processes, this one included. Never fails; waits a second for slow ones. */
  gather(topic: string): Promise<Gathered>;
  /** Registers this process's answer about a topic. @param answer plain JSON */
  onGather(topic: string, answer: GatherAnswer): void;
  /** Whether this process acts for all, where one is enough. */
  isFirst: boolean;
  /** Whether each process listens at the public port itself (SO_REUSEPORT). */
  sharesPort: boolean;
}

/** The group of a single process. */
export function soloGroup(): ProcessGroup {
  const own = new GatheredAnswers();
  return {
    bus: silentBus,
    gather: async (topic) => ({ answers: await own.to(topic), size: 1, silent: 0 }),
    onGather: (topic, answer) => own.set(topic, answer),
    isFirst: true,
    sharesPort: false,
  };
}
