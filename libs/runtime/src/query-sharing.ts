import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { queryReport, reportOf, type QueryMonitor, type QueryReport } from '@slipstream/mongo';
import { silentBus, type MessageBus } from '@slipstream/redis';

const TOPIC = 'queries';
/** How long answers are awaited: the number of processes is not known. */
const ANSWER_MS = 300;
/** More processes than this are left out. */
const MAX_PROCESSES = 200;

const name = z.string().max(100);
const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('request'), id: name, from: name }),
  z.object({ type: z.literal('answer'), id: name, from: name, report: queryReport }),
]);

/** Queries of all processes that share a Redis, gathered on request. */
export interface SharedQueries {
  /** One report per process, this one's first. Takes 300 ms; without a bus, none. */
  gather(): Promise<QueryReport[]>;
  stop(): void;
}

/** Reports this process's queries to others on request, and gathers theirs. */
export function shareQueries(queries: QueryMonitor, bus: MessageBus): SharedQueries {
  const from = randomUUID();
  const requests = new Map<string, Map<string, QueryReport>>();
  const stop = bus.subscribe(TOPIC, (unchecked) => {
    const { data } = message.safeParse(unchecked);
    if (!data || data.from === from) return;
    if (data.type === 'request') bus.publish(TOPIC, { type: 'answer', id: data.id, from, report: reportOf(queries) });
    else answered(requests.get(data.id), data.from, data.report);
  });
  return {
    async gather() {
      if (bus === silentBus) return [reportOf(queries)];
      const id = randomUUID();
      const answers = new Map<string, QueryReport>();
      requests.set(id, answers);
      bus.publish(TOPIC, { type: 'request', id, from });
      await delay(ANSWER_MS);
      requests.delete(id);
      return [reportOf(queries), ...answers.values()];
    },
    stop,
  };
}

function answered(answers: Map<string, QueryReport> | undefined, from: string, report: QueryReport): void {
  if (answers && answers.size < MAX_PROCESSES) answers.set(from, report);
}
