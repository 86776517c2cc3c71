import { silentBus, type MessageBus } from '@slipstream/redis';
import { GatheredAnswers, type GatherAnswer } from './gathered-answers.js';

/** What the processes of a group said about a topic. */
export interface Gathered {
  /** Plain JSON, unchecked: one answer of each process that had one. */
  answers: unknown[];
  /** Processes that there are, those that kept silent included. */
  size: number;
  /** Those of them that did not answer in time. */
  silent: number;
  /** The supervisor did not answer: this is what this process alone knows. */
  isOwnOnly?: true;
}

/** The processes of one service on one machine, as one of them sees the others. */
export interface ProcessGroup {
  /** Between them; without Redis, and without a network. */
  bus: MessageBus;
  /** Asks all processes, this one included. Never fails; waits a second for the slow. */
  gather(topic: string): Promise<Gathered>;
  /** What this process has to say about a topic, whoever asks. @param answer plain JSON */
  onGather(topic: string, answer: GatherAnswer): void;
  /** Whether this one speaks for all where one is enough. */
  isFirst: boolean;
  /** Whether each process listens at the public port by itself, beside the others (SO_REUSEPORT). */
  sharesPort: boolean;
}

/** The group of a process that is alone. */
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
