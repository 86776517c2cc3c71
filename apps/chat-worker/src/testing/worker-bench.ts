import { randomUUID } from 'node:crypto';
import type { JobDocument, JobStore } from '@slipstream/chats';
import { chatStoresOn } from '@slipstream/chats/testing';
import type { LoggedEvent } from '@slipstream/contracts';
import { createEvents, type EventLog } from '@slipstream/events';
import type { ChatEnd } from '@slipstream/llm';
import { ownDatabase } from '@slipstream/mongo/testing';
import { FairPlaces } from '@slipstream/rabbitmq';
import { createTelemetry } from '@slipstream/telemetry';
import { ChatTurns } from '../chat-turns.js';
import { Generation } from '../generation.js';

export const { logger } = createTelemetry({ processName: 'test', level: 'silent' });
export const LEASE_MS = 60_000;

/** A model that consists of one function. */
export type Model = (request: {
  messages: readonly { role: string; content: string }[];
  signal: AbortSignal;
}) => AsyncGenerator<string, ChatEnd | void, void>;

/** A worker of one chat, and the actions of its user. */
export interface WorkerUnderTest {
  log: EventLog;
  generation: Generation;
  ask(content: string, deadline?: Date): Promise<JobDocument>;
  /** Runs the worker like a wake-up. */
  work(): Promise<void>;
}

/** Workers on one real database. */
export interface WorkerBench {
  jobs: JobStore;
  /** @param options.log default: in memory */
  worker(model: Model, options?: { log?: EventLog; maxAttempts?: number }): WorkerUnderTest;
  stored(jobId: string): Promise<JobDocument>;
}

/** On a database of its own, for the specs of one file. Call it outside of them. */
export function workerBench(): WorkerBench {
  const { jobs } = chatStoresOn(ownDatabase('generation', logger));
  return {
    jobs,
    worker: (model, options) => newWorker(jobs, model, options),
    async stored(jobId) {
      const job = await jobs.find(jobId);
      if (!job) throw new Error('the job is gone');
      return job;
    },
  };
}

function newWorker(
  jobs: JobStore,
  model: Model,
  { log = createEvents({ logger }).log, maxAttempts = 5 }: { log?: EventLog; maxAttempts?: number } = {},
): WorkerUnderTest {
  const generation = new Generation(
    {
      jobs,
      log,
      models: { streamChat: (request) => ended(model(request)) },
      logger,
      notice: { send: async () => undefined },
      sources: { of: async () => undefined },
    },
    { leaseMs: LEASE_MS, maxAttempts, historyMaxMessages: 100, historyMaxBytes: 1024 * 1024 },
  );
  const chatId = randomUUID();
  const turns = new ChatTurns(jobs, generation, { models: async () => [] }, new FairPlaces({ total: 1 }), LEASE_MS);
  return {
    log,
    generation,
    ask: (content, deadline) =>
      jobs.create(
        { id: randomUUID() },
        { chatId, userId: 'u', questionId: randomUUID(), answerId: randomUUID(), content, deadline },
      ),
    work: () => turns.work(chatId),
  };
}

/** Adds the end of a complete answer, if the model sends none. */
async function* ended(deltas: ReturnType<Model>): AsyncGenerator<string, ChatEnd, void> {
  return (yield* deltas) ?? { state: 'complete', finishReason: 'stop' };
}

/** A model with this answer. */
export const words = (...deltas: string[]): Model =>
  async function* () {
    yield* deltas;
  };

export const typesOf = (events: readonly { event: LoggedEvent }[]): LoggedEvent['type'][] =>
  events.map(({ event }) => event.type);

/** The text of a subscriber after these events. */
export const textOf = (events: readonly { event: LoggedEvent }[]): string =>
  events.reduce(
    (text, { event }) =>
      event.type === 'message-delta' ? text + event.delta : event.type === 'message-reset' ? '' : text,
    '',
  );
